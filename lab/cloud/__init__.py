"""The embedded cloud: its processes, and the gateway between it and the functions."""
