"""Many readers at once: pages built once, kept where nobody's words are in, and few bytes sent."""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from sheetformer.errors import SheetformerError
from sheetformer.server.app import make_app
from sheetformer.server.book_request import BookRequest
from sheetformer.server.page_cache import Page, PageCache
from sheetformer.server.pool import Pool

from .conftest import BASE

LESSON = "/lessons/cross-attention"
SMALLER = {"/": 3.9, LESSON: 1.21}
"""So many times smaller a page is sent than it is: 4.0 and 1.221 as measured. What a page
carries is packed in 91 digits already, which say 6.5 bits each."""


def test_a_page_comes_packed_to_who_can_unpack_it(client: TestClient) -> None:
    """A book's page is packed in base 85: a digit says 6.41 bits and takes 8, so no more than 1.248
    can be won of it again.
    """
    for path, times in SMALLER.items():
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.content == plain.content
        sent = int(packed.headers["content-length"])
        assert sent * times < len(plain.content)
        assert sent <= len(gzip.compress(plain.content, 9))
        assert "Accept-Encoding" in plain.headers["vary"]
    assert gzip.decompress(Page(b"text", "").packed) == b"text"


def test_a_browser_gets_a_page_once(client: TestClient) -> None:
    for path in ("/", LESSON, "/lessons/softmax?lang=pt&formulas=cell"):
        first = client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["content-security-policy"]
        assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    assert client.get("/?lang=pt").headers["etag"] != client.get("/?lang=en").headers["etag"]


def test_a_readers_words_are_kept_nowhere(client: TestClient) -> None:
    page = client.get(LESSON, params={"source": "you are happy"})
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers


def test_a_form_that_was_not_changed_asks_for_the_plain_page() -> None:
    sent = {"source": "I am happy", "target": "eu sou feliz", "formulas": "matrix"}
    plain = BookRequest("cross-attention", sent).plain()
    assert plain == BookRequest("cross-attention", {})
    assert plain.is_plain
    other = BookRequest("cross-attention", {**sent, "source": "sad", "formulas": "cell"}).plain()
    assert other.options == {"source": "sad", "formulas": "cell"}
    assert not other.is_plain
    assert BookRequest("translate", {"sentence": "the red house"}).plain().is_plain
    assert not BookRequest("nothing", {"a": "b"}).plain().is_plain


class SlowPool(Pool):
    """One that counts its jobs, and does none of them before it may."""

    def __init__(self, workers: int = 2) -> None:
        super().__init__(workers)
        self.jobs: list[Any] = []
        self.may = threading.Event()

    def __enter__(self) -> Pool:
        return self

    def do(self, job: Any) -> bytes:
        self.jobs.append(job)
        assert self.may.wait(60)
        return b"<!doctype html>"


def together(app: Any, paths: list[str]) -> list[int]:
    statuses: list[int] = []
    with TestClient(app, base_url=BASE) as client:
        threads = [
            threading.Thread(target=lambda p=path: statuses.append(client.get(p).status_code))
            for path in paths
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return statuses


def test_a_class_that_opens_a_lesson_has_it_built_once() -> None:
    pool = SlowPool()
    threading.Timer(0.5, pool.may.set).start()
    assert together(make_app(pool), [LESSON] * 30) == [200] * 30
    assert len(pool.jobs) == 1


def test_a_class_that_types_waits_and_is_served() -> None:
    pool = SlowPool()
    threading.Timer(0.5, pool.may.set).start()
    paths = [f"{LESSON}?d_model={number}" for number in range(30)]
    assert together(make_app(pool), paths) == [200] * 30
    assert len(pool.jobs) == 30


def test_who_waits_too_long_gets_a_page_that_asks_again() -> None:
    pool = SlowPool(workers=1)
    pool.patience = 0.2
    answers: list[Any] = []
    with TestClient(make_app(pool), base_url=BASE) as client:
        first = threading.Thread(target=lambda: answers.append(client.get(f"{LESSON}?a=1")))
        first.start()
        while not pool.jobs:
            time.sleep(0.01)
        late = client.get(f"{LESSON}?a=2")
        pool.may.set()
        first.join()
    assert late.status_code == 503
    assert late.headers["refresh"] == late.headers["retry-after"] == "5"
    assert 'role="alert"' in late.text
    assert answers[0].status_code == 200


def test_a_refusal_is_for_all_who_asked_and_not_kept() -> None:
    async def refuse() -> Page:
        await asyncio.sleep(0)
        raise SheetformerError("no")

    async def give() -> Page:
        return Page(b"page", "", kept=True)

    async def ask() -> None:
        cache = PageCache()
        answers = await asyncio.gather(
            *(cache.get("a", refuse) for _ in range(3)), return_exceptions=True
        )
        assert [str(answer) for answer in answers] == ["no"] * 3
        assert (await cache.get("a", give)).content == b"page"
        assert (await cache.get("a", refuse)).content == b"page"

    asyncio.run(ask())


def test_who_goes_away_takes_no_page_from_the_others() -> None:
    async def ask() -> None:
        cache, may = PageCache(), asyncio.Event()

        async def build() -> Page:
            await may.wait()
            return Page(b"page", "")

        gone, stays = (asyncio.ensure_future(cache.get("a", build)) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        may.set()
        assert (await stays).content == b"page"
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(ask())
