"""`make bench`: measures cost and speed, and compares them with a simple baseline in the same run."""
