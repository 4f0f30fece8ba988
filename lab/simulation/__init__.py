"""Deterministic simulation: the real handlers on in-memory AWS services, in virtual time."""
