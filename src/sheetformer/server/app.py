"""The addresses of the server: a start page, a page a book, and workbooks to download."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sheetformer.errors import SheetformerError
from sheetformer.server.answers import refusal, refusal_page
from sheetformer.server.guard import Guard
from sheetformer.server.jobs import DOWNLOAD
from sheetformer.server.pool import BrokenError, BusyError, Pool, TooLongError
from sheetformer.server.recipe import TRANSLATE, Recipe
from sheetformer.server.start import start_page, start_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 2_000_000
"""Bytes of a request's body."""
SECONDS = 10.0
"""So long a body may take to arrive."""
WAITING = 16
"""Requests for books at the same time, waiting ones included."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

log = logging.getLogger("sheetformer.server")


class RefusedError(SheetformerError):
    """A request that is not answered: its status and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def make_app(pool: Pool, names: Collection[str] = (), seconds: float = SECONDS) -> Starlette:
    """The server as an ASGI application.

    Args:
        pool: who builds the books.
        names: host names, besides addresses and localhost, under which it may be asked.
        seconds: so long a request's body may take to arrive.
    """
    server = _Server(pool, seconds)
    routes = [
        Route("/", _start, methods=["GET"]),
        Route("/lessons/{name}", server.lesson, methods=["GET"]),
        Route("/translate", server.translation, methods=["GET"]),
        Route(DOWNLOAD, server.workbook, methods=["POST"]),
    ]
    problems: Mapping[Any, Any] = {HTTPException: _no_such_page, Exception: _bug}
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, names=names)],
        exception_handlers=problems,
    )


async def _start(request: Request) -> Response:
    policy = {"Content-Security-Policy": start_policy()}
    return HTMLResponse(start_page(language(request)), headers=policy)


class _Server:
    """The answers that need a worker."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds
        self._waiting = 0

    async def lesson(self, request: Request) -> Response:
        """The page of a lesson; its options are the query."""
        return await self._page(request, request.path_params["name"])

    async def translation(self, request: Request) -> Response:
        """The page of the translator."""
        return await self._page(request, TRANSLATE)

    async def _page(self, request: Request, name: str) -> Response:
        spoken = language(request)
        options = {key: text for key, text in request.query_params.items() if key != "lang"}
        try:
            asked = {"name": name, "options": options, "lang": spoken}
            recipe = Recipe.read(asked)
            content = await self._do({"kind": "page", "book": recipe.written()})
        except SheetformerError as error:
            status, sentence = told(error)
            return refusal_page(status, sentence, spoken, retry=_retry(error))
        from sheetformer.writers.page import content_policy

        policy = f"{content_policy(door=True)}; frame-ancestors 'none'"
        return HTMLResponse(content, headers={"Content-Security-Policy": policy})

    async def workbook(self, request: Request) -> Response:
        """The workbook that stands on a page, edits included."""
        try:
            asked = await _read(request, self._seconds)
            recipe = Recipe.read(asked.get("book"))
            content = await self._do(
                {"kind": "workbook", "book": recipe.written(), "edits": asked.get("edits", [])}
            )
        except SheetformerError as error:
            return refusal(*told(error), retry=_retry(error))
        except ClientDisconnect:
            return refusal(400, "the request broke off")
        name = {"Content-Disposition": f'attachment; filename="{recipe.file_name}"'}
        return Response(content, headers=name, media_type=XLSX)

    async def _do(self, job: Mapping[str, Any]) -> bytes:
        if self._waiting >= WAITING:
            raise BusyError("the server is busy with other books; try again in a moment")
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(self._pool.do, job)
        finally:
            self._waiting -= 1


async def _read(request: Request, seconds: float) -> Mapping[str, Any]:
    """The JSON object in a request's body.

    Raises:
        RefusedError: it is too large, too slow, or no JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        raise RefusedError(415, "edits are sent as application/json")
    try:
        async with asyncio.timeout(seconds):
            body = await _body(request)
    except TimeoutError:
        raise RefusedError(408, f"the request took longer than {seconds:g} seconds") from None
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "the request is no JSON") from None
    if not isinstance(data, dict):
        raise RefusedError(400, 'the request is no JSON object with "book" and "edits"')
    return data


async def _body(request: Request) -> bytes:
    """The bytes of a request, as long as they are not too many; none of its claims is believed."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise RefusedError(413, f"the request is larger than {LARGEST // 1_000_000} MB")
    return bytes(body)


def language(request: Request) -> str:
    """What the address asks for, or else what the browser prefers: "en" or "pt"."""
    asked = request.query_params.get("lang")
    if asked in ("en", "pt"):
        return asked
    preferred = request.headers.get("accept-language", "")
    first = next((code for part in preferred.split(",") if (code := part.strip()[:2])), "en")
    return "pt" if first.casefold() == "pt" else "en"


def told(error: SheetformerError) -> tuple[int, str]:
    """The status and the sentence of an error."""
    match error:
        case RefusedError():
            return error.status, str(error)
        case BusyError():
            return 503, str(error)
        case TooLongError():
            return 422, str(error)
        case BrokenError():
            log.error("a worker failed: %s", error)
            return 500, "the server made a mistake; its log says which"
        case _:
            return 400, str(error)


def _retry(error: SheetformerError) -> int:
    return 5 if isinstance(error, BusyError) else 0


async def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = "there is no such page here"
    if error.status_code == 405:
        sentence = f"{request.method[:10]} is not possible here"
    if request.method in ("GET", "HEAD"):
        return refusal_page(error.status_code, sentence, language(request))
    answer = refusal(error.status_code, sentence)
    answer.headers.update(error.headers or {})
    return answer


async def _bug(_: Request, error: Exception) -> Response:
    log.error("an answer failed: %s", type(error).__name__)
    return refusal(500, "the server made a mistake; its log says which")
