"""Serves the AWS APIs over HTTP: request, permission, validation, faults, response."""
