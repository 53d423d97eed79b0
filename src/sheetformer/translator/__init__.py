"""English to Brazilian Portuguese: a phrase grammar, and small models trained on it."""
