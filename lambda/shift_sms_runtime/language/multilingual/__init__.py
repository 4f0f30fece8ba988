"""Understands texts in every language, and prefers the employee's."""
