"""Transactions over shifts and the bookings of their holders."""
