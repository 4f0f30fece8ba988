"""The code of the Lambda functions: sends campaigns, handles inbound texts and reconciles shifts."""
