"""The engine of the simulated DynamoDB: values, expressions, rows, indexes and streams."""
