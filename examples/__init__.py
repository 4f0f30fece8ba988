"""Stacks of other teams, as they would write them; the tests synthesise them."""
