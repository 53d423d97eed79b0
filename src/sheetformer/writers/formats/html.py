"""A book as one web page that needs nothing else."""

from sheetformer.writers.page import write_page as write

__all__ = ["write"]
