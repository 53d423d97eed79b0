"""Workers: what takes too long, is too much or breaks ends there, and the server goes on."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sheetformer.errors import SheetformerError
from sheetformer.server import app as served
from sheetformer.server import pool as pool_module
from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool, Worker
from sheetformer.server.refusals import BrokenError, BusyError, TooLongError

PAGE = {"kind": "page", "book": {"name": "cross-attention", "options": {}, "lang": "en"}}


def test_a_job_that_takes_too_long_is_ended_and_the_next_one_works() -> None:
    worker = Worker(seconds=0.05)
    with pytest.raises(TooLongError, match=r"longer than 0\.05 seconds"):
        worker.do(PAGE)
    patient = Worker()
    try:
        assert b"<!doctype html>" in patient.do(PAGE)
    finally:
        patient.end()
        worker.end()


def test_a_worker_imports_nothing_of_the_folder_where_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("json", "fractions", "secrets"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('somebody else')")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    try:
        assert b"<!doctype html>" in worker.do(PAGE)
    finally:
        worker.end()


def test_a_worker_that_died_is_started_again() -> None:
    worker = Worker()
    try:
        first = worker.start()
        first.process.kill()
        first.process.wait()
        assert worker.do(PAGE)
        process = worker.start()
        with pytest.raises(SheetformerError, match="did you mean 'cross-attention'"):
            worker.do(
                {"kind": "page", "book": {"name": "cross-atention", "options": {}, "lang": "en"}}
            )
        assert worker.start() is process, "a refusal is no reason to start anew"
    finally:
        worker.end()


def test_leaving_the_pool_ends_its_processes() -> None:
    with Pool(workers=2) as pool:
        processes = [worker.start().process for worker in pool._all]
        assert all(process.poll() is None for process in processes)
    assert all(process.poll() is not None for process in processes)


def test_a_busy_pool_says_so() -> None:
    with Pool(workers=1, patience=0.01) as pool:
        taken = pool._free.get()
        with pytest.raises(BusyError):
            pool.do(PAGE)
        answer = TestClient(make_app(pool), base_url="http://localhost").get(
            "/lessons/cross-attention"
        )
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        pool._free.put(taken)


class _Stuck(Pool):
    """A pool whose jobs last as long as the test wants."""

    def __init__(self) -> None:
        super().__init__(workers=2)
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)

    def do(self, job: Any) -> bytes:
        del job
        self.begun.release()
        self.go.wait(30)
        return b"done"


def test_more_requests_than_may_wait_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "WAITING", 2)
    stuck = _Stuck()
    with TestClient(make_app(stuck), base_url="http://localhost") as client:
        waiting = [
            threading.Thread(target=client.get, args=(f"/lessons/softmax?sentence={word}",))
            for word in ("one", "two")
        ]
        for thread in waiting:
            thread.start()
        assert stuck.begun.acquire(timeout=10)
        assert stuck.begun.acquire(timeout=10)
        assert client.get("/lessons/cross-attention").status_code == 503
        stuck.go.set()
        for thread in waiting:
            thread.join()
        assert client.get("/lessons/cross-attention").status_code == 200


class _Broken(Pool):
    def do(self, job: Any) -> bytes:
        del job
        raise BrokenError("KeyError in build, line 1 of x.py")


def test_a_bug_is_one_sentence_and_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(make_app(_Broken(workers=1)), base_url="http://localhost")
    with caplog.at_level(logging.ERROR):
        answer = client.get("/lessons/cross-attention?source=secret")
    assert answer.status_code == 500
    assert "KeyError" not in answer.text
    assert "KeyError in build" in caplog.text
    assert "secret" not in caplog.text


def test_the_log_of_a_bug_names_no_words(capfd: pytest.CaptureFixture[str]) -> None:
    import io

    from sheetformer.server import jobs, worker

    def fail(_: Any) -> bytes:
        raise KeyError("secret words")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(jobs, "do", fail)
        out = io.BytesIO()
        worker.answer({}, out)
    reply = json.loads(out.getvalue())
    assert reply["bug"].startswith("KeyError in fail, line")
    assert "secret" not in out.getvalue().decode()
    assert "secret" not in "".join(capfd.readouterr())


def test_a_body_that_dribbles_is_given_up(pool: Pool) -> None:
    app = make_app(pool, seconds=0.05)
    sent: list[Any] = []

    async def ask() -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/workbook",
            "raw_path": b"/workbook",
            "query_string": b"",
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        }

        async def receive() -> Any:
            await asyncio.sleep(0.02)
            return {"type": "http.request", "body": b" ", "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(ask())
    assert sent[0]["status"] == 408
    assert b"longer than 0.05 seconds" in sent[1]["body"]


def test_too_much_memory_is_the_requests_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "MEMORY", 900_000_000)
    lesson = PAGE["book"]
    edit = ["Learned", 9, 8, {"formula": "SUMPRODUCT(A1:XFD100000,A1:XFD100000)"}]
    with Pool(workers=1) as small, TestClient(make_app(small), base_url="http://localhost") as one:
        answer = one.post("/workbook", json={"book": lesson, "edits": [edit]})
        assert answer.status_code == 422, answer.text
        assert "more memory" in answer.json()["error"]
        assert one.post("/workbook", json={"book": lesson, "edits": []}).status_code == 200


def test_a_worker_that_cannot_be_started_is_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(pool_module, "Child", full)
    client = TestClient(make_app(Pool(workers=1)), base_url="http://localhost")
    assert client.get("/lessons/softmax").status_code == 500
    assert [record.exc_info for record in caplog.records if record.levelname == "ERROR"] == [None]
    assert "Too many open files" in caplog.text
