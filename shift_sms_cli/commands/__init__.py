"""The groups of commands, one module each. A command calls operations and prints what they return."""
