"""What of a campaign waits for a time or for its operator, and how it goes on."""
