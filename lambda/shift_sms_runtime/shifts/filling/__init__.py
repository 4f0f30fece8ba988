"""The fill plan of a shift, as its item says it."""
