"""Lambda entry points, one module per function: environment, parse, service, response."""
