"""Delivery events: what carriers report about texts of campaigns."""
