"""`make bench`: measures cost and speed against a simple baseline in the same run."""
