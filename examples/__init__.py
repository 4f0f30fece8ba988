"""Stacks of other teams that use the constructs. The tests synthesize them."""
