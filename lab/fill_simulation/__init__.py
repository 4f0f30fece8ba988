"""Compares automatic waves, fixed waves and a broadcast on seeded populations, in virtual time."""
