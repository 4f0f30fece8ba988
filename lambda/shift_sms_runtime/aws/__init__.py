"""Thin clients of AWS APIs, one per service."""
