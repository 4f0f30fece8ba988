"""The dead-letter queues of a deployment: how many messages they keep, what these say, and their way back."""
