"""The audit trail: makes the records of operators' changes, and reads them."""
