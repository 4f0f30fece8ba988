"""Fill plans: fill a shift with waves of texts."""
