"""Interprets texts and looks up reply templates. Depends on no table and not on the model of a shift."""
