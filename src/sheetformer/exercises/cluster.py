"""Grading on a Dask cluster that exists: files are sent to its workers, grades come back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sheetformer.errors import SheetformerError
from sheetformer.exercises.judged import Grade
from sheetformer.exercises.plan import Plan
from sheetformer.scratch import Scratch

_PATIENCE = 10
"""Seconds in which a scheduler must answer."""

Work = Callable[[Plan, Path, str, str], Grade]
"""Plan, file, its name in the table, engine → its grade."""


@contextmanager
def on_cluster(
    scheduler: str, plan: Plan, engine: str, work: Work
) -> Generator[tuple[Callable[[Path, str], Grade], int]]:
    """A function that grades a file on some worker, and how many may be graded at once.

    Workers need no common disk: a file travels with its task, and the plan once to each of them.

    Args:
        scheduler: the address of the cluster, such as tcp://10.0.0.5:8786.
        plan: of the key.
        engine: what works out the formulas.
        work: what grades a file on its worker.

    Raises:
        SheetformerError: `distributed` is not installed, nobody answers, or there is no worker.
    """
    with _connected(scheduler) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise SheetformerError(f"the Dask cluster at {scheduler} has no worker; start one")
        shared = client.scatter(plan, broadcast=True, hash=False)
        executor = client.get_executor(pure=False)

        def one(file: Path, shown: str) -> Grade:
            task = executor.submit(grade_bytes, work, shared, file.read_bytes(), shown, engine)
            try:
                return task.result()
            except ModuleNotFoundError as error:
                raise SheetformerError(
                    f"the workers at {scheduler} lack {error.name}; install the same sheetformer "
                    "there as here"
                ) from error

        yield one, threads


@contextmanager
def _connected(scheduler: str) -> Generator[Any]:
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise SheetformerError(
            "grading on a cluster needs Dask's distributed; run: pip install distributed"
        ) from None
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError):
        raise SheetformerError(
            f"no Dask scheduler answers at {scheduler}; give its address, such as "
            "tcp://127.0.0.1:8786"
        ) from None
    with client:
        yield client


def grade_bytes(work: Work, plan: Plan, data: bytes, shown: str, engine: str) -> Grade:
    """What a worker does: the file lies in a folder of its own while it is graded."""
    with Scratch() as folder:
        file = folder.path / Path(shown).name
        file.write_bytes(data)
        return work(plan, file, shown, engine)
