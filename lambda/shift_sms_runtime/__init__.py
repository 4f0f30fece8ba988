"""What runs in AWS Lambda: campaigns go out, answers come in, shifts get booked."""
