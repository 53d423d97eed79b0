"""The page as a small web server: a start page, lessons with a reader's own sentence, downloads.

It listens for one person on one machine. Building and recalculating happen in worker processes with
limits on time and memory, so that no request can hang or end the server; nothing is kept.
"""
