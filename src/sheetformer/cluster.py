"""Work on a Dask cluster that exists: functions are sent to its workers, answers come back."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, TypeVar

from sheetformer.errors import SheetformerError

_PATIENCE = 10
"""Seconds in which a scheduler must answer."""
_AHEAD = 4
"""Tasks for each thread of the cluster that may be under way: so much of a corpus is in memory."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def spread(
    work: Callable[[Item], Answer], items: Iterable[Item], scheduler: str
) -> Iterator[Answer]:
    """Call a function with each item on some worker, and give the answers in order.

    The items are taken as the answers are read. A function of a module must be there on the workers
    too; one of a notebook or a script travels with its task. What it raises is raised here.

    Args:
        work: such as a function that aligns a part of a corpus, or records one text.
        items: what it is called with.
        scheduler: the address of the cluster, such as tcp://10.0.0.5:8786.

    Raises:
        SheetformerError: `distributed` is not installed, nobody answers, or there is no worker.
    """
    with connected(scheduler) as (client, threads):
        pack: Callable[[Any], bytes] = import_module("cloudpickle").dumps
        executor = client.get_executor(pure=False)
        waiting: deque[Any] = deque()
        with lacking_explained(scheduler):
            for item in items:
                waiting.append(executor.submit(_worked, pack((work, item))))
                if len(waiting) >= _AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def _worked(packed: bytes) -> Any:
    """What a worker does. It unpacks here: what it cannot unpack on the way, nobody hears of."""
    work, item = pickle.loads(packed)
    return work(item)


@contextmanager
def connected(scheduler: str) -> Generator[tuple[Any, int]]:
    """A client of a cluster, and how many threads its workers have.

    Raises:
        SheetformerError: `distributed` is not installed, nobody answers, or there is no worker.
    """
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise SheetformerError(
            "work on a cluster needs Dask's distributed; run: pip install distributed"
        ) from None
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError):
        raise SheetformerError(
            f"no Dask scheduler answers at {scheduler}; give its address, such as "
            "tcp://127.0.0.1:8786"
        ) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise SheetformerError(f"the Dask cluster at {scheduler} has no worker; start one")
        with lacking_explained(scheduler):
            client.run(_presence())
        yield client, threads


def _presence() -> Callable[[], None]:
    """A function that travels whole, as it is nobody's by name, and asks for this package."""

    def look() -> None:
        from importlib import import_module

        import_module("sheetformer.cluster")

    return look


@contextmanager
def lacking_explained(scheduler: str) -> Generator[None]:
    """Say in one sentence that the workers lack a module.

    Raises:
        SheetformerError: they do.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise SheetformerError(
            f"the workers at {scheduler} lack {error.name}; install there what is installed here"
        ) from error
