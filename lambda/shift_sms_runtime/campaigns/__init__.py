"""Campaigns: launch, plan, send and summarize."""
