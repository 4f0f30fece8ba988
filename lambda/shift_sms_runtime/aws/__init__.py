"""Thin clients for AWS APIs, one per service."""
