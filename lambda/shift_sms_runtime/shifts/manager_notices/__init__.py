"""Notices to managers: what happened to a shift, and new texts in the operator inbox."""
