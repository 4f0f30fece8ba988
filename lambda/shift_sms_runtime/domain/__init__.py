"""The rules of shift booking by text. Pure: no AWS, no clock, no environment."""
