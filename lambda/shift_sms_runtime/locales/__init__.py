"""What is said and understood, by vocabulary and language."""
