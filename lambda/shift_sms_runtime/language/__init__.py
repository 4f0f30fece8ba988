"""Understands texts and holds the sentences of each language. Knows no shift."""
