"""The simulated phones, and the records of every text, call and campaign."""
