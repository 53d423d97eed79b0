"""Exercises: a book with blanks to fill in, and the key, which is a file of its own."""
