"""A port that hears what is asked for there: nothing may be, of a stranger's file."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def listening() -> Generator[tuple[int, list[bytes]]]:
    """A port, and what was asked for there."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                caller, _ = server.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(2)
                heard.append(caller.recv(200))

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield server.getsockname()[1], heard
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
