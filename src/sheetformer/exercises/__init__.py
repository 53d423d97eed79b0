"""Exercises and their grades, and the check of any workbook against a function."""
