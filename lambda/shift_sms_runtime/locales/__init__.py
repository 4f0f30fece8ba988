"""The locale files: sentences and words by vocabulary and language.

Grammar words are listed by language.
"""
