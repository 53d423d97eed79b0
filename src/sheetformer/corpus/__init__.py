"""English sentences with their translations: a phrase grammar, and readers of other pairs."""
