"""Reads the endpoints that Amazon Pinpoint exported."""
