"""The AWS side of what the services need."""
