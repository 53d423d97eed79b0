"""A small part of the sweep over random graphs, and a planted error that it must find."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sheetformer.engines.base import Engine

from ..page.engine import PageEngine
from . import sweep
from .changed import changed


def test_graphs_agree_before_and_after_a_change(ironcalc: Engine, page: PageEngine) -> None:
    results, operations = sweep.sweep(range(24), 12, [ironcalc, page])
    assert all(result.graphs == 24 and not result.off for result in results.values())
    assert operations.total() > 50


def test_what_does_not_follow_a_change_is_found(ironcalc: Engine) -> None:
    made = sweep.made_of([sweep.case_of(0)])[0]
    assert sweep.held(made, ironcalc) < 1e-9
    forgetful = replace(made, change=replace(made.change, edits={}))
    assert changed(made.book, [sweep.case_of(0)]).edits
    with pytest.raises(AssertionError, match="changed"):
        sweep.held(forgetful, ironcalc)
