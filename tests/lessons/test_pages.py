"""The pages of the course are written from the lessons: none differs, none is left over."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from sheetformer.language import languages
from sheetformer.lessons import LESSONS

from .books import lesson

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lesson_pages", DOCS / "lesson_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.lesson = lesson
    return module


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("name", list(LESSONS))
def test_a_page_is_what_its_lesson_says(writer: ModuleType, name: str, code: str) -> None:
    """After a wanted change: python docs/lesson_pages.py."""
    file = writer.folder_of(code) / f"{name}.md"
    assert file.read_text(encoding="utf-8") == writer.lesson_page(name, code)


@pytest.mark.parametrize("code", languages())
def test_the_gallery_shows_every_lesson(writer: ModuleType, code: str) -> None:
    file = writer.folder_of(code) / "README.md"
    text = file.read_text(encoding="utf-8")
    assert text == writer.contents(code)
    assert all(f"]({name}.md)" in text for name in LESSONS)


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("name", list(LESSONS))
def test_a_lesson_has_its_picture(name: str, code: str) -> None:
    picture = DOCS / "images" / f"lesson-{name}-{code}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 200_000


def test_no_page_is_left_over(writer: ModuleType) -> None:
    assert {file for file, _ in writer.pages()} == set(writer.FOLDER.rglob("*.md"))


@pytest.mark.parametrize("name", list(LESSONS))
def test_the_page_of_a_lesson_has_every_step(writer: ModuleType, name: str) -> None:
    text = writer.lesson_page(name, "en")
    steps = [stage.title for stage in lesson(name).stages if re.match(r"\d+   ", stage.title)]
    numbers = [int(step.split()[0]) for step in steps]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert not [step for step in steps if f"\n## {step}\n" not in text]


def test_of_steps_that_say_the_same_the_first_is_told(writer: ModuleType) -> None:
    text = writer.lesson_page("training", "en")
    assert "\n## Step 1\n" in text
    assert "\n## Step 2\n" not in text
