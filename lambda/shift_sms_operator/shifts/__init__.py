"""What operators do with shifts: list, add, edit, cancel, assign, release, import and export."""
