"""What a reader changed in a book: its form in JSON, the changed cells, and what follows."""
