"""`make bench`: measures cost and speed, beside a plain implementation in the same run."""
