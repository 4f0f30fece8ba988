"""Entry points of the Lambda functions: settings, parse, service, response."""
