"""Fill plans: starts, stops, follows and explains them."""
