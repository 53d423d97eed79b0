"""What every request must pass, and what every answer carries: one ASGI middleware.

A web page anywhere in the world can make the reader's browser ask this server. So requests must
name it by an address that nobody else can take over (else a foreign name could be pointed at this
machine), and what changes or costs something must come from its own pages.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request

from sheetformer.server.public import NOBODY, PublicUrl
from sheetformer.server.refusals import RefusedError, RequestError
from sheetformer.server.responses import reader_language, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCKED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whatever does not say a policy of its own."""

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
"""Nothing is sniffed, framed, told to other sites, or kept."""


class Guard:
    """Refuses foreign requests and locks all answers."""

    def __init__(
        self, app: ASGIApp, names: Collection[str] = (), public: PublicUrl = NOBODY
    ) -> None:
        self._app = app
        self._public = public
        own = {"localhost", socket.gethostname().casefold(), *map(str.casefold, names)}
        self._names = own | {public.host} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reason = self._reason(scope["method"], Headers(scope=scope))
        answer = refusal(reason, reader_language(Request(scope))) if reason else self._app
        path = self._public.path
        if path and scope["path"].startswith(f"{path}/"):
            # The web server before this one may take the beginning off, or pass it on.
            scope = {**scope, "root_path": path}
        await answer(scope, receive, _locked(send))

    def _reason(self, method: str, headers: Headers) -> RefusedError | None:
        """Why a request is refused, or None."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            return RequestError(421, "foreign_host")
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "none")
        if method not in ("GET", "HEAD"):
            own = {None, f"http://{host}", self._public.origin or None}
            if origin not in own or site in _FOREIGN:
                return RequestError(403, "own_pages_only")
        elif site in _FOREIGN and headers.get("sec-fetch-mode") != "navigate":
            return RequestError(403, "link_only")
        return None

    def _is_ours(self, host: str) -> bool:
        """An address, which no foreign name can be pointed at, or a name that is known to be ours.

        >>> guard = Guard(lambda *_: None, ["books.example"])
        >>> [guard._is_ours(name) for name in ("127.0.0.1:80", "[::1]", "books.example", "x.org")]
        [True, True, True, False]
        """
        name = _without_port(host)
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True


_FOREIGN = ("cross-site", "same-site")


def _without_port(host: str) -> str:
    name, colon, port = host.casefold().rpartition(":")
    return name if colon and port.isdecimal() else host.casefold()


def _locked(send: Callable[[Message], Awaitable[None]]) -> Callable[[Message], Awaitable[None]]:
    """Add the headers that every answer carries, unless it says them itself."""

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**HEADERS, "Content-Security-Policy": LOCKED}.items():
                headers.setdefault(name, value)
        await send(message)

    return add
