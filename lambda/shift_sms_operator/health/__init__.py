"""The health of a deployment: checks that read what AWS knows of it, and name what is wrong."""
