"""The operator inbox: texts that a person has to read, and their replies."""
