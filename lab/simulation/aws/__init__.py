"""In-memory boto3 clients with the calls and parameters that the runtime uses.

They have AWS's results, errors and limits.
"""
