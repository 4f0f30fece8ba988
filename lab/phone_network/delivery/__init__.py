"""Carrier reports, and the delivery events that they become."""
