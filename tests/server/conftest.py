"""A server within the test's process, with real workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool

BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    with Pool(workers=1) as workers:
        yield workers


@pytest.fixture(scope="session")
def client(pool: Pool) -> Iterator[TestClient]:
    with TestClient(make_app(pool), base_url=BASE) as browser:
        yield browser
