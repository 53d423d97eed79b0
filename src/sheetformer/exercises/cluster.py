"""Grading on a Dask cluster that exists: files are sent to its workers, grades come back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sheetformer.cluster import connected, lacking_explained
from sheetformer.exercises.judged import Grade
from sheetformer.exercises.plan import Plan
from sheetformer.scratch import Scratch

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
    with connected(scheduler) as (client, threads):
        shared = client.scatter(plan, broadcast=True, hash=False)
        executor = client.get_executor(pure=False)

        def one(file: Path, shown: str) -> Grade:
            task = executor.submit(grade_bytes, work, shared, file.read_bytes(), shown, engine)
            with lacking_explained(scheduler):
                return task.result()

        yield one, threads


def grade_bytes(work: Work, plan: Plan, data: bytes, shown: str, engine: str) -> Grade:
    """What a worker does: the file lies in a folder of its own while it is graded."""
    with Scratch() as folder:
        file = folder.path / Path(shown).name
        file.write_bytes(data)
        return work(plan, file, shown, engine)
