"""The pages of the command line."""
