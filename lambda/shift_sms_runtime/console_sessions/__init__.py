"""The sessions of the operators' console."""
