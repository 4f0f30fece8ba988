"""The code of the Lambda functions: campaigns, inbound texts and shifts."""
