"""Employees: language, roles and opt-outs."""
