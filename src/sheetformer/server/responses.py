"""Answers that say in one sentence what was wrong; as JSON, and as a page for who reads a page."""

from __future__ import annotations

import json
import logging
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sheetformer.errors import SheetformerError
from sheetformer.language import ENGLISH, find_language, languages
from sheetformer.language.phrasebook import problem
from sheetformer.server.again import find_slip, marked
from sheetformer.server.refusals import BrokenError, BusyError, RefusedError
from sheetformer.server.start import form_of, languages_nav, problem_page, start_policy

RETRY = 5
"""Seconds after which a busy server may be asked again."""

_BODY_LEFT = (408, 413, 415)
"""After these the rest of a body may still come: nothing else can follow on that connection."""

log = logging.getLogger("sheetformer.server")


def base_of(request: Request) -> str:
    """What the addresses of the server begin with, as its readers see them."""
    return request.app.state.public.path


def reader_language(request: Request) -> str:
    """The code of the language that the address asks for, or else that the browser prefers."""
    known = languages()
    requested = request.query_params.get("lang")
    if requested in known:
        return requested
    return preferred(request.headers.get("accept-language", ""), known)


def preferred(accepted: str, known: tuple[str, ...]) -> str:
    """The language that a browser likes best of those that are known, or English.

    >>> preferred("fr, pt-BR;q=0.8, en;q=0.9", ("en", "pt"))
    'en'
    """
    weighed = (part.partition(";") for part in accepted.split(","))
    ranked = sorted(weighed, key=lambda part: -_weight(part[2]))
    codes = (code.strip().partition("-")[0].casefold() for code, _, _ in ranked)
    return next((code for code in codes if code in known), ENGLISH.code)


def _weight(setting: str) -> float:
    """How much a language is liked, `q=0.8`; 1 where nothing is said."""
    try:
        return float(setting.strip().removeprefix("q=") or 1.0)
    except ValueError:
        return 0.0


def refusal(error: SheetformerError, language: str) -> Response:
    """A refusal as JSON: {"error": "…"}."""
    status, sentence, headers = _reply(error, language)
    content = json.dumps({"error": sentence})
    return Response(content, status, headers, media_type="application/json")


def refusal_page(error: SheetformerError, request: Request, name: str = "") -> Response:
    """The same as a page with a way back; of a lesson that was asked for, in its form."""
    language = reader_language(request)
    status, sentence, headers = _reply(error, language)
    if isinstance(error, BusyError):
        # A reader waits; the page asks again by itself.
        headers["Refresh"] = str(RETRY)
    policy = {"Content-Security-Policy": start_policy()}
    base = base_of(request)
    page = problem_page(sentence, language, base, _form_again(error, request, name), _nav(request))
    return HTMLResponse(page, status, headers | policy)


def _nav(request: Request) -> str:
    """This page in every language, with all that was typed."""
    path = f"{base_of(request)}{request.url.path}"
    typed = dict(request.query_params)
    return languages_nav(
        reader_language(request), lambda code: f"{path}?{urlencode({**typed, 'lang': code})}"
    )


def _form_again(error: SheetformerError, request: Request, name: str) -> str:
    """The form with what was typed; nothing where the request itself is wrong."""
    if not name or isinstance(error, RefusedError):
        return ""
    language, base = reader_language(request), base_of(request)
    typed = dict(request.query_params)
    slip = find_slip(str(error), typed)
    label = find_language(language).table("server")["offers"]
    address = f"{base}{request.url.path}"
    below = {slip.option: marked(slip, typed, address, label)} if slip else {}
    return form_of(name, language, base, typed, below)


def _reply(error: SheetformerError, language: str) -> tuple[int, str, dict[str, str]]:
    """Status, sentence and headers; what is no refusal of the server's own is an error of input."""
    if isinstance(error, BrokenError):
        log.error("a worker failed: %s", error.report)
    headers = {"Retry-After": str(RETRY)} if isinstance(error, BusyError) else {}
    if getattr(error, "status", None) in _BODY_LEFT:
        headers["Connection"] = "close"
    if isinstance(error, RefusedError):
        return error.status, ended(error.sentence(find_language(language))), headers
    return 400, ended(problem(str(error), find_language(language))), headers


def ended(sentence: str) -> str:
    """A sentence that begins and ends as one.

    >>> ended("there is no cell")
    'There is no cell.'
    """
    end = "" if sentence.endswith((".", "?", "!", ")")) else "."
    return sentence[:1].upper() + sentence[1:] + end
