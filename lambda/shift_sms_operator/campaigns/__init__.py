"""Campaigns: preview, test, launch, stop, relaunch, follow and report."""
