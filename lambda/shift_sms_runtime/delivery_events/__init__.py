"""Delivery events: reports of carriers about texts of campaigns."""
