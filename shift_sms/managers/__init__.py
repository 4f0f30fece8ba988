"""What tells managers what happens."""
