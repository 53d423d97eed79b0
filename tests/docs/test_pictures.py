"""The pictures of the documentation show what the books show now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import sheetformer as sf

from ..lessons.books import lesson

SCRIPT = Path(__file__).parents[2] / "docs" / "pictures.py"


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pictures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.sf = SimpleNamespace(lesson=lesson, translate=sf.translate, Book=sf.Book)
    return module


def test_no_picture_is_stale(pictures: ModuleType) -> None:
    """After a wanted change: python docs/pictures.py with the names that are listed here."""
    assert pictures.check() == []


def test_a_picture_is_stale_when_a_number_in_it_has_changed(pictures: ModuleType) -> None:
    stage = {"attention": "6 "}
    same, other = lesson("cross-attention"), lesson("cross-attention", source="I am tired")
    assert pictures.digests(same, stage) == pictures.digests(same, stage)
    assert pictures.digests(same, stage) != pictures.digests(other, stage)
