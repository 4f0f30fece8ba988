"""Bookings: who may book, drop or wait for a shift, and which rules a booking must keep."""
