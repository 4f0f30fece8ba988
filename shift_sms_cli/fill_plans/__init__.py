"""Output of the commands on fill plans."""
