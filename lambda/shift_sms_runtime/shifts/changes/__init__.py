"""Changes of time and place: what the holders of a shift know, and the texts that tell them."""
