"""Understands texts by their topic: opt-outs in plain words, emergencies, questions, and which shifts to list."""
