"""Lists of shifts: which shifts they show, in which order, and how many per text."""
