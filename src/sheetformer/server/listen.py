"""Listening: the socket, the limits of the web server, and what the terminal shows."""

from __future__ import annotations

import asyncio
import errno
import logging
import math
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sheetformer.errors import SheetformerError
from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool
from sheetformer.server.public import NOBODY, PublicUrl

HEADERS_WITHIN = 10.0
"""Seconds that a connection may take until its request's headers are complete."""
SILENCE = 60.0
"""Seconds until the same trouble is said again."""
LONGEST_HEADERS = 32_768
"""Bytes of a request's headers, its address included."""


def serve(
    host: str,
    port: int,
    opened: Callable[[str], None],
    *,
    browser: bool,
    public: PublicUrl = NOBODY,
) -> None:
    """Serve until somebody presses Ctrl-C.

    Args:
        host: the address to listen on.
        port: the port; 0 for any that is free.
        opened: called with the server's address once it listens.
        browser: open the start page in a browser.
        public: where readers see the server, if another one stands before it.

    Raises:
        SheetformerError: the address cannot be listened on.
    """
    listener = listen(host, port)
    address = _address(host, listener.getsockname()[1])
    with listener, Pool() as pool:
        server = _Server(_config(make_app(pool, [host], public=public)), lambda: opened(address))
        if browser:
            server.then(lambda: webbrowser.open(address))
        server.run(sockets=[listener])


log = logging.getLogger("sheetformer.server")


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, *started: Callable[[], Any]) -> None:
        super().__init__(config)
        self._started = list(started)

    def then(self, do: Callable[[], Any]) -> None:
        """Do this, too, once it listens; in a thread, since a browser may take its time."""
        self._started.append(threading.Thread(target=do, daemon=True).start)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_Problems())
        await super().startup(sockets)
        for do in self._started:
            do()


class _Problems:
    """What goes wrong in the loop; out of file numbers is one line, and not one a second."""

    _said = -math.inf

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Say what went wrong."""
        error = context.get("exception")
        if isinstance(error, ValueError) and "Invalid file descriptor: -1" in str(error):
            # asyncio goes on trying the listener that was out of numbers, closed or not.
            return
        if not isinstance(error, OSError) or error.errno not in (errno.EMFILE, errno.ENFILE):
            loop.default_exception_handler(context)
        elif loop.time() - self._said > SILENCE:
            self._said = loop.time()
            log.error("no more connections can be taken: %s (ulimit -n raises it)", error.strerror)


def _config(app: Any) -> uvicorn.Config:
    # No access log: addresses hold sentences, and those are nobody's business.
    return uvicorn.Config(
        app,
        access_log=False,
        log_level=logging.WARNING,
        server_header=False,
        ws="none",
        http=_Hasty,
        h11_max_incomplete_event_size=LONGEST_HEADERS,
        timeout_graceful_shutdown=3,
    )


class _Hasty(H11Protocol):
    """Ends connections whose headers do not come: a few idle ones must not fill the server.

    The deadline is for each request of a connection, its first and those that follow.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # Between two requests a connection may rest for as long as Uvicorn keeps it.
        if self.conn.their_state is not h11.IDLE or self.conn.trailing_data[0]:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Set the deadline while no request is complete, and forget it while one is answered."""
        if self.cycle is not None and not self.cycle.response_complete:  # pyright: ignore[reportUnnecessaryComparison]
            self._forget()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(HEADERS_WITHIN, self._late)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        """Still no request after all this time: say so and hang up."""
        if self.transport.is_closing():
            return
        # What still comes of a request that was answered is no place for another answer.
        if self.conn.their_state is h11.IDLE:
            self.transport.write(
                b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
                b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 35\r\n\r\n"
                b"The request took too long to come.\n"
            )
        self.transport.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        SheetformerError: the port is taken or not allowed, or the address is not of this machine.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(place)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except (OSError, UnicodeError) as error:
        raise SheetformerError(_why_not(error, host, port)) from None
    return listener


def _why_not(error: OSError | UnicodeError, host: str, port: int) -> str:
    if isinstance(error, UnicodeError | socket.gaierror):
        # Python itself refuses a name with an empty or an endless part.
        return f"cannot listen on {host} (this name has no address); try --host 127.0.0.1"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken; choose another one, such as --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} is for the system; choose one above 1023, such as --port 8000"
    reason = (error.strerror or str(error)).lower()
    return f"cannot listen on {host} ({reason}); try --host 127.0.0.1"


def _address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"
