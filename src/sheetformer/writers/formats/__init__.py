"""One module a file format, named as its suffix, with a function `write(book, path)`."""
