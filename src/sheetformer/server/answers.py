"""Answers that say in one sentence what was wrong; as JSON, and as a page for who reads a page."""

from __future__ import annotations

import json

from starlette.responses import HTMLResponse, Response

from sheetformer.server.start import problem_page, start_policy


def refusal(status: int, sentence: str, *, retry: int = 0) -> Response:
    """A refusal as JSON: {"error": "…"}."""
    content = json.dumps({"error": ended(sentence)})
    headers = {"Retry-After": str(retry)} if retry else {}
    return Response(content, status, headers, media_type="application/json")


def refusal_page(status: int, sentence: str, language: str, *, retry: int = 0) -> Response:
    """The same as a page with a way back."""
    headers = {"Content-Security-Policy": start_policy()}
    if retry:
        headers["Retry-After"] = str(retry)
    return HTMLResponse(problem_page(ended(sentence), language), status, headers)


def ended(sentence: str) -> str:
    """A sentence that begins and ends as one.

    >>> ended("there is no cell")
    'There is no cell.'
    """
    end = "" if sentence.endswith((".", "?", "!", ")")) else "."
    return sentence[:1].upper() + sentence[1:] + end
