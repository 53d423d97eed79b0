"""The addresses of the server: a start page, a page a book, and workbooks to download."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sheetformer.errors import SheetformerError
from sheetformer.server.book_request import TRANSLATE, BookRequest
from sheetformer.server.guard import Guard
from sheetformer.server.jobs import DOWNLOAD
from sheetformer.server.page_cache import Page, PageCache
from sheetformer.server.pictures import FAVICON
from sheetformer.server.pool import Pool
from sheetformer.server.public import NOBODY, PublicUrl
from sheetformer.server.refusals import BrokenError, BusyError, RefusedError, RequestError
from sheetformer.server.responses import base_of, reader_language, refusal, refusal_page
from sheetformer.server.start import start_page, start_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_BODY = 2_000_000
"""Bytes of a request's body."""
BODY_SECONDS = 10.0
"""So long a body may take to arrive."""
WAITING = 64
"""Requests for books at the same time, waiting ones included: two classes at once."""

_KEPT = {"Cache-Control": "max-age=86400"}

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_app(
    pool: Pool,
    names: Collection[str] = (),
    seconds: float = BODY_SECONDS,
    public: PublicUrl = NOBODY,
) -> Starlette:
    """The server as an ASGI application.

    Args:
        pool: who builds the books.
        names: host names, besides addresses and localhost, under which it may be asked.
        seconds: so long a request's body may take to arrive.
        public: where readers see the server, if another one stands before it.
    """
    server = _Server(pool, seconds)
    routes = [
        Route("/", _start, methods=["GET"]),
        Route("/favicon.ico", _favicon, methods=["GET"]),
        Route("/robots.txt", _robots, methods=["GET"]),
        Route("/lessons/{name}", server.lesson, methods=["GET"]),
        Route("/translate", server.translation, methods=["GET"]),
        Route(DOWNLOAD, server.workbook, methods=["POST"]),
    ]
    problems: Mapping[Any, Any] = {HTTPException: _no_such_page, Exception: _bug}
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Guard, names=names, public=public)],
        exception_handlers=problems,
    )
    app.state.public = public
    return app


async def _start(request: Request) -> Response:
    return _start_page(reader_language(request), base_of(request)).response(request)


async def _favicon(_: Request) -> Response:
    return Response(FAVICON, media_type="image/svg+xml", headers=_KEPT)


async def _robots(_: Request) -> Response:
    """Search engines may know the lessons; each sentence of a reader would be a book to build."""
    return PlainTextResponse("User-agent: *\nDisallow: /*?\nDisallow: /translate\n", headers=_KEPT)


@cache
def _start_page(language: str, base: str) -> Page:
    return Page(start_page(language, base).encode(), start_policy(), kept=True)


class _Server:
    """The answers that need a worker."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._waiting = 0
        # First come, first served; threads that wait for a worker would not be.
        self._turn = asyncio.Semaphore(pool.size)
        self._pages = PageCache()

    async def lesson(self, request: Request) -> Response:
        """The page of a lesson; its options are the query."""
        return await self._page(request, request.path_params["name"])

    async def translation(self, request: Request) -> Response:
        """The page of the translator."""
        return await self._page(request, TRANSLATE)

    async def _page(self, request: Request, name: str) -> Response:
        language = reader_language(request)
        base = base_of(request)
        options = {key: text for key, text in request.query_params.items() if key != "lang"}
        try:
            query = {"name": name, "options": options, "lang": language}
            wanted = BookRequest.read(query).plain()
            page = await self._pages.get(
                json.dumps(wanted.written()), lambda: self._build(wanted, base)
            )
        except SheetformerError as error:
            return refusal_page(error, request, name)
        return page.response(request)

    async def _build(self, wanted: BookRequest, base: str) -> Page:
        content = await self._do({"kind": "page", "book": wanted.written(), "base": base})
        from sheetformer.writers.page import content_policy

        policy = f"{content_policy(host=True)}; frame-ancestors 'none'"
        return Page(content, policy, kept=wanted.is_plain)

    async def workbook(self, request: Request) -> Response:
        """The workbook that stands on a page, edits included."""
        try:
            body = await _read(request, self._seconds)
            wanted = BookRequest.read(body.get("book"))
            content = await self._do(
                {"kind": "workbook", "book": wanted.written(), "edits": body.get("edits", [])}
            )
        except SheetformerError as error:
            return refusal(error, reader_language(request))
        except ClientDisconnect:
            return refusal(RefusedError("broke_off"), reader_language(request))
        name = {"Content-Disposition": f'attachment; filename="{wanted.file_name}"'}
        return Response(content, headers=name, media_type=XLSX)

    async def _do(self, job: Mapping[str, Any]) -> bytes:
        if self._waiting >= WAITING:
            raise BusyError
        self._waiting += 1
        try:
            async with self._turn_taken():
                return await anyio.to_thread.run_sync(self._pool.do, job)
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def _turn_taken(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(self._pool.patience):
                await self._turn.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            yield
        finally:
            self._turn.release()


async def _read(request: Request, seconds: float) -> Mapping[str, Any]:
    """The JSON object in a request's body.

    Raises:
        RefusedError: it is too large, too slow, or no JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        raise RequestError(415, "not_json")
    try:
        async with asyncio.timeout(seconds):
            body = await _body(request)
    except TimeoutError:
        raise RequestError(408, "slow", seconds=f"{seconds:g}") from None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("unreadable") from None
    if not isinstance(data, dict):
        raise RefusedError("no_object")
    return data


async def _body(request: Request) -> bytes:
    """The bytes of a request, as long as they are not too many; none of its claims is believed."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_BODY:
            raise RequestError(413, "large", megabytes=LARGEST_BODY // 1_000_000)
    return bytes(body)


async def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = RequestError(error.status_code, "no_page")
    if error.status_code == 405:
        reason = RequestError(405, "not_possible", method=request.method[:10])
    if request.method in ("GET", "HEAD"):
        return refusal_page(reason, request)
    answer = refusal(reason, reader_language(request))
    answer.headers.update(error.headers or {})
    return answer


async def _bug(request: Request, error: Exception) -> Response:
    return refusal(BrokenError(type(error).__name__), reader_language(request))
