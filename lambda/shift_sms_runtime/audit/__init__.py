"""What operators changed: the records of the AuditTrail table."""
