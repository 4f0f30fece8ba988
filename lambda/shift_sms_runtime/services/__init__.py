"""One use case a module; each says in a Protocol what it needs from the world."""
