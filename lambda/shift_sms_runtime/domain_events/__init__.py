"""Domain events: what happened to shifts and campaigns, for other systems."""
