"""The operators who may sign in to the console."""
