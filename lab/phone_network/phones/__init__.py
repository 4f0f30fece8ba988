"""Handsets, and every text, call and campaign on the network."""
