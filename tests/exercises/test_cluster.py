"""Grading on a Dask cluster: two workers give what is given here; without one it is said."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from sheetformer import cluster
from sheetformer.errors import SheetformerError
from sheetformer.exercises.grading import grade

from .solutions import exercise_files
from .submissions import cheats, honest_case, write, wrong_cases

NEEDED = "grading on a cluster needs Dask's distributed: pip install sheetformer[cluster]"


# Dask says so of its own parts, and of a port that another cluster has.
@pytest.mark.filterwarnings("ignore")
def test_two_workers_give_the_same_grades(tmp_path: Path) -> None:
    distributed: Any = pytest.importorskip("distributed", reason=NEEDED)
    folder = tmp_path / "in"
    (folder / "a").mkdir(parents=True)
    for i, case in enumerate([honest_case(1), wrong_cases()[0], cheats()[0], honest_case(6)]):
        write(case, folder / "a" / f"{i}.xlsx")
    (folder / "text.xlsx").write_text("no workbook")
    key = exercise_files()[1]
    told: list[tuple[int, int]] = []
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        local_directory=str(tmp_path),
    ) as local:  # fmt: skip
        there = grade(folder, key, scheduler=local.scheduler_address,
                      progress=lambda *done: told.append(done))  # fmt: skip
    assert there == grade(folder, key)
    assert told[-1] == (5, 5)


@pytest.mark.filterwarnings("ignore")
def test_no_cluster_at_that_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason=NEEDED)
    monkeypatch.setattr(cluster, "_PATIENCE", 1)
    path = write(honest_case(0), tmp_path / "a.xlsx")
    for address in ("tcp://127.0.0.1:1", "nowhere"):
        with pytest.raises(SheetformerError, match=r"no Dask scheduler answers at"):
            grade(path, exercise_files()[1], scheduler=address)


def test_without_distributed_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    path = write(honest_case(0), tmp_path / "a.xlsx")
    with pytest.raises(SheetformerError, match="needs Dask's distributed"):
        grade(path, exercise_files()[1], scheduler="tcp://127.0.0.1:8786")
