"""Corpora on a Dask cluster: two real workers give what is given here."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import sheetformer as sf
from sheetformer import cluster
from sheetformer.cluster import spread
from sheetformer.corpus.phrases import Pair
from sheetformer.engines.reader import read_cells
from sheetformer.errors import SheetformerError

NEEDED = "a cluster needs Dask's distributed: pip install sheetformer[cluster]"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Any:
    distributed: Any = pytest.importorskip("distributed", reason=NEEDED)
    # Workers have the package and not these tests: what is here travels with its task.
    cloudpickle: Any = importlib.import_module("cloudpickle")
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("cluster")),
    ) as local:  # fmt: skip
        yield local.scheduler_address


def links(pairs: list[Pair]) -> tuple[int, Any]:
    """Align a part of a corpus; the number of the process tells who did it."""
    import os

    from sheetformer.models.align import align_pairs
    from sheetformer.models.decode import load_translator

    return os.getpid(), align_pairs(pairs, load_translator("translator"))


def recorded(numbers: list[float]) -> tuple[bytes, bool]:
    """Record one run, and compare the model with itself in half of the digits."""
    import tempfile
    from pathlib import Path

    import torch

    torch.manual_seed(0)
    model, x = torch.nn.Linear(3, 2).eval(), torch.tensor([numbers])
    book, report = sf.record(model, x), sf.compare(model, model, x)
    with tempfile.TemporaryDirectory() as folder:
        return book.save(Path(folder, "book.xlsx")).read_bytes(), not report.differs


# Dask says so of its own parts, and of a port that another cluster has.
@pytest.mark.filterwarnings("ignore")
def test_two_workers_align_a_corpus(address: str) -> None:
    pair = Pair(("the", "red", "house"), ("a", "casa", "vermelha"), ((0, 0),))
    parts = [[pair] * (1 + i % 3) for i in range(20)]
    found = list(spread(links, parts, address))
    assert [each for _, each in found] == [links(part)[1] for part in parts]
    assert len({process for process, _ in found}) == 2


@pytest.mark.filterwarnings("ignore")
def test_two_workers_record_and_compare_a_corpus(address: str, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    corpus = [[float(i), 0.5, -1.0] for i in range(3)]
    for numbers, (data, equal) in zip(corpus, spread(recorded, corpus, address), strict=True):
        path, here = tmp_path / "there.xlsx", tmp_path / "here.xlsx"
        path.write_bytes(data)
        here.write_bytes(recorded(numbers)[0])
        assert read_cells(path) == read_cells(here)
        assert equal


@pytest.mark.filterwarnings("ignore")
def test_items_are_taken_as_answers_are_read(address: str) -> None:
    taken: list[int] = []
    answers = spread(abs, (taken.append(i) or -i for i in range(100)), address)
    assert next(answers) == 0
    assert len(taken) <= 2 * cluster._AHEAD
    answers.close()  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.filterwarnings("ignore")
def test_what_a_worker_raises_is_raised_here(address: str) -> None:
    with pytest.raises(SheetformerError, match="no lesson"):
        list(spread(sf.lesson, ["no such lesson"], address))


@pytest.mark.filterwarnings("ignore")
def test_what_the_workers_lack_is_one_sentence(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask says nothing of what cannot be unpacked on the way, and nobody would ever answer."""
    module = ModuleType("only_here")
    exec("def double(x):\n    return 2 * x", module.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", module)
    with pytest.raises(SheetformerError, match="lack only_here; install"):
        list(spread(module.double, [1, 2], address))
