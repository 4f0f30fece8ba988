"""In-memory boto3 clients: the calls and parameters that the runtime uses, with AWS's results, errors and limits."""
