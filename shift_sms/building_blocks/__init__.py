"""Building blocks that several constructs share."""
