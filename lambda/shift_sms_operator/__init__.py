"""What operators can do: operations that the command line and the console share."""
