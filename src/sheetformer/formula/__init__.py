"""The one formula language: its tree, printer, parser, functions, and what may be typed."""
