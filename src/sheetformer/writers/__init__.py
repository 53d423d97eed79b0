"""One file format each: how a book becomes bytes. `Book.writers` says which suffix is whose."""
