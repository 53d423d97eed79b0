"""Functions written with NumPy's names: their steps as a book, and their gradients."""
