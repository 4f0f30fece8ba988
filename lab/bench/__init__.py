"""`make bench`: what the claims about cost and speed rest on, measured beside a plain way in the same run."""
