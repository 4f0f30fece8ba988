"""Understands texts and looks up sentences. Knows no shift and no table."""
