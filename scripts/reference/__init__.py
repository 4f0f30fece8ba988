"""Generates the documentation's reference pages from the code: `make reference`."""
