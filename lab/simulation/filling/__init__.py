"""The fill plans and sick calls of the simulation: invariants and scenarios."""
