"""Exercises: a book with blanks and its key, a file of its own; and workbooks held to functions."""
