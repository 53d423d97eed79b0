"""What a shell offers when Tab is pressed, where Typer cannot know it by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sheetformer.engines import ENGINE_NAMES
from sheetformer.language import languages

Completion = Callable[[str], list[str]]
"""What has been typed of a word → the words that begin so."""


def _one_of(names: Callable[[], Iterable[str]]) -> Completion:
    def complete(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


def _lessons() -> tuple[str, ...]:
    from sheetformer.lessons import NAMES

    return NAMES


def _functions() -> Iterable[str]:
    from sheetformer.exercises.known import KNOWN

    return KNOWN


lesson_names = _one_of(_lessons)
"""Lessons; each has a ready exercise, too."""
site_names = _one_of(lambda: (*_lessons(), "translate"))
against_names = _one_of(lambda: ("lesson", *_lessons()))
engine_names = _one_of(lambda: ENGINE_NAMES)
language_codes = _one_of(languages)
function_names = _one_of(_functions)
