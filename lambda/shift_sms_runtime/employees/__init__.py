"""Employees: language, roles, and who wants no texts."""
