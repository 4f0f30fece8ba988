"""The operator inbox: reads what employees wrote, replies, follows up and closes."""
