"""Rules about neighboring words: names, and texts that may mean something else although all words are listed."""
