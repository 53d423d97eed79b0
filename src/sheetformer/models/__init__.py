"""Small trained models: their weights, their forward pass in NumPy, and how good they are."""
