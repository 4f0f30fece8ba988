"""The invariants of notices."""
