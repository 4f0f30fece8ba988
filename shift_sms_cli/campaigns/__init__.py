"""How campaigns are printed: previews, progress and reports."""
