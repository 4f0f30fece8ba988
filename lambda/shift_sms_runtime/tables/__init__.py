"""One module per DynamoDB table: keys, reads and conditional writes."""
