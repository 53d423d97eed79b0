"""One module a program, named as a user types it, with its class as `ENGINE`."""
