"""Texts: phone numbers, encoding, at-most-once sends, rate and hourly limits."""
