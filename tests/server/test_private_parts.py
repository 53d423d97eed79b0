"""Uvicorn's parts that no version of it promises, and that `server/listen.py` counts on.

Where one of these fails after an upgrade, the message names what moved: adapt `listen.py`, then
raise the bound in pyproject.toml. That both are called, test_serve.py shows with real connections.
"""

from __future__ import annotations

import inspect
from typing import Any

import h11
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from sheetformer.server.listen import _config, _Hasty, _Server

OVERRIDDEN: list[tuple[type, type, str, list[str]]] = [
    (H11Protocol, _Hasty, "connection_made", ["self", "transport"]),
    (H11Protocol, _Hasty, "connection_lost", ["self", "exc"]),
    (H11Protocol, _Hasty, "data_received", ["self", "data"]),
    (H11Protocol, _Hasty, "on_response_complete", ["self"]),
    (uvicorn.Server, _Server, "startup", ["self", "sockets"]),
]


@pytest.mark.parametrize(("theirs", "ours", "name", "known"), OVERRIDDEN)
def test_an_overridden_method_is_as_it_was(
    theirs: type, ours: type, name: str, known: list[str]
) -> None:
    where = f"Uvicorn {uvicorn.__version__}: {theirs.__name__}.{name}"
    method: Any = getattr(theirs, name, None)
    assert method is not None, f"{where} is gone"
    assert list(inspect.signature(method).parameters) == known, where
    assert list(inspect.signature(getattr(ours, name)).parameters) == known, where
    assert inspect.iscoroutinefunction(method) == inspect.iscoroutinefunction(getattr(ours, name))


def test_a_protocol_has_no_request_at_first_and_knows_its_loop() -> None:
    from asyncio import new_event_loop

    config = _config(lambda: None)
    config.load()
    loop = new_event_loop()
    protocol = H11Protocol(
        config, server_state=uvicorn.server.ServerState(), app_state={}, _loop=loop
    )
    assert protocol.loop is loop
    assert protocol.cycle is None
    assert protocol.conn.their_state is h11.IDLE
    assert hasattr(protocol, "transport")
    assert "response_complete" in inspect.getsource(RequestResponseCycle.__init__)
    loop.close()
