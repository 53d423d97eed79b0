"""Pages that several readers ask for: built once for all of them, kept where nobody's words are in.

A class opens the same lesson at the same moment. The first request has it built, the others wait
for that one; and a page without a reader's own words is the same for everybody, so it stays.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

MOST = 200
"""Pages that stay: all lessons in all languages and both styles are fewer."""

KEPT = "no-cache"
"""A browser keeps what it got, and asks each time whether it is still so."""


@dataclass(frozen=True)
class Page:
    """A page as it is sent.

    Attributes:
        content: UTF-8.
        policy: its Content-Security-Policy.
        kept: whether browsers may keep it; not if it holds a reader's words.
    """

    content: bytes
    policy: str
    kept: bool = False

    @cached_property
    def packed(self) -> bytes:
        """The content, compressed; the same bytes each time."""
        return gzip.compress(self.content, 9, mtime=0)

    @cached_property
    def tag(self) -> str:
        """What tells this page from its next version, packed or not."""
        return f'W/"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    def response(self, request: Request) -> Response:
        """The page for a browser: packed if it can unpack, and only if it lacks it."""
        headers = {"Content-Security-Policy": self.policy, "Vary": "Accept-Encoding"}
        if self.kept:
            headers |= {"Cache-Control": KEPT, "ETag": self.tag}
            headers["Vary"] = "Accept-Encoding, Accept-Language"
            if self.tag in request.headers.get("if-none-match", ""):
                return Response(status_code=304, headers=headers)
        content = self.content
        if _unpacks(request.headers.get("accept-encoding", "")):
            content, headers["Content-Encoding"] = self.packed, "gzip"
        return Response(content, headers=headers, media_type="text/html")


def _unpacks(accepted: str) -> bool:
    """Whether a browser takes gzip.

    >>> [_unpacks(text) for text in ("gzip, br", "br;q=1, GZIP;q=0.5", "gzip;q=0", "br", "")]
    [True, True, False, False, False]
    """
    for part in accepted.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class PageCache:
    """The pages that stay, and those that are being built."""

    def __init__(self) -> None:
        self._kept: dict[str, Page] = {}
        self._coming: dict[str, asyncio.Task[Page]] = {}

    async def get(self, key: str, build: Callable[[], Awaitable[Page]]) -> Page:
        """The page of a key; all who ask for it while it is built get the same one.

        Raises:
            SheetformerError: as `build` does, for all of them.
        """
        if (kept := self._kept.get(key)) is not None:
            return kept
        task = self._coming.get(key)
        if task is None:
            task = self._coming[key] = asyncio.ensure_future(self._build(key, build))
            # If all of them have gone, nobody else hears of a refusal.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        # Whoever goes away must not take the page from those who stay.
        return await asyncio.shield(task)

    async def _build(self, key: str, build: Callable[[], Awaitable[Page]]) -> Page:
        try:
            page = await build()
        finally:
            del self._coming[key]
        if page.kept:
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = page
        return page
