"""Shifts: seats, bookings, waiting lists, offers, reminders and notices."""
