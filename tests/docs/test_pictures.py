"""The pictures of the documentation show what the books show now."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import sheetformer as sf

from ..lessons.books import lesson

SCRIPT = Path(__file__).parents[2] / "docs" / "pictures.py"


def load(script: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks for its module here.
    sys.modules[script.stem] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    module = load(SCRIPT)
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


def test_the_moving_picture_shows_what_the_lesson_says() -> None:
    """After a wanted change: python docs/moving.py."""
    moving = load(SCRIPT.with_name("moving.py"))
    drawn = moving.draw()
    assert moving.PICTURE.read_text(encoding="utf-8") == drawn
    assert len(drawn) < 50_000
    shares = [f"{share:.0%}" for share in lesson(
        "cross-attention", source="the new house", target="a casa nova"
    )["weights"].value.ravel()]  # fmt: skip
    last = drawn.rpartition("<g id=")[0].rpartition("nova looks at new")[0]
    assert shares == re.findall(r">(\d+%)<", last)[-9:]
