"""The operator inbox: texts that a person has to read, and the replies to them."""
