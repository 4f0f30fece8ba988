"""The locale files: sentences and words by vocabulary and language, and grammar words by language."""
