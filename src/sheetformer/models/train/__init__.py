"""How the models that come with the package were trained, and how to train your own (PyTorch)."""
