"""What the planner of fill plans decides with: when a wave is due, and which texts were sent."""
