"""Callbacks: calls that employees ask for with AGENT."""
