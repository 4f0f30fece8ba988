"""What operators do with employees: import, list, show, export and remove them."""
