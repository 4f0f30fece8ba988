"""Inbound texts: from the SNS notification to the reply."""
