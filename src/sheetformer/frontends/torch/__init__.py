"""The run of a PyTorch model, as a graph and a book."""
