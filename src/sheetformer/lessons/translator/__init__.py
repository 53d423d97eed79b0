"""A whole translator as a sheet, unrolled word by word."""
