"""What every lesson is told with: stages, cells to turn, words as labels, and the list's entry."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.book.workbook import Book
from sheetformer.graph.array import Array
from sheetformer.language import Translated, translate
from sheetformer.story.caption import Allowed
from sheetformer.story.number_cells import allow
from sheetformer.story.story import Story


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course.

    Attributes:
        title: the heading of its book.
        summary: one sentence for the list of lessons.
        build: gives its book; its arguments are the options that a reader may set.
        picture: the number of the step that the gallery shows.
        name: what commands call it.
        goal: what its reader can do afterwards, after "you can".
        needs: the names of the lessons that it stands on.
        minutes: how long it takes.
        blanks: what its ready exercise leaves to fill in, as `exercise` takes it; empty where there
            is none.
    """

    title: str
    summary: str
    build: Callable[..., Book]
    picture: int = 1
    name: str = ""
    goal: str = ""
    needs: tuple[str, ...] = ()
    minutes: int = 15
    blanks: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """Option → its default, without `formulas`, which every lesson has."""
        given = inspect.signature(self.build).parameters.values()
        return {one.name: one.default for one in given if one.name != "formulas"}

    def head(self) -> str:
        """One line above the lesson: where it stands in the course, and what it is for."""
        from sheetformer.lessons import NAMES

        place = NAMES.index(self.name)
        later = NAMES[place + 1 : place + 2]
        return sentences(
            translate("Lesson {number} of {count}.", number=place + 1, count=len(NAMES)),
            translate("After it you can {goal}.", goal=translate(self.goal)),
            translate("You need: {needs}.", needs=", ".join(self.needs) or translate("nothing")),
            translate("About {minutes} minutes.", minutes=self.minutes),
            *(translate("Next: {name}.", name=name) for name in later),
        )


def sentences(*texts: str) -> str:
    """Several texts as one, each said in the language that is spoken; empty ones fall away."""
    return Translated(" ".join(translate(text) for text in texts if text))


def either(condition: bool, text: str, otherwise: str) -> str:
    """One of two texts; both are said, so that a catalogue without the other one is found out."""
    both = translate(text), translate(otherwise)
    return both[0] if condition else both[1]


def order(*groups: str) -> tuple[str, ...]:
    """The names of the sheets in their order: the lesson's own, then those of every lesson."""
    return tuple(dict.fromkeys((*groups, "Check", "Learned", "Reference")))


def scalar(
    story: Story,
    value: float,
    name: str,
    note: str,
    *,
    number_format: str = "integer",
    **shown: Any,
) -> Array:
    """A single given number in a cell of its own, such as d_k: a scalar, (); more as in `show`."""
    return story.constant(value, name, note=note, number_format=number_format, **shown)


def dial(
    story: Story,
    value: float,
    name: str,
    note: str,
    allowed: Allowed,
    *,
    low: str = "",
    number_format: str = "number",
    **shown: Any,
) -> Array:
    """A single number that the reader may type, such as a learning rate: (1, 1).

    Args:
        story: where it stands.
        value: what it is at first.
        name: what formulas call it.
        note: one plain sentence.
        allowed: its bounds; a message below it says them where something else is typed.
        low: what that says of a number below them, if the sheet goes on with another one.
        number_format: as a caption's.
        shown: more of it, as in `Story.show`.
    """
    cell = np.array([[float(value)]])
    typed = story.input(cell, name, note=note, number_format=number_format, **shown)
    allow(story, typed, allowed, low)
    return typed


def switch(story: Story, name: str, note: str, *, on: bool = True, **shown: Any) -> Array:
    """A cell that is 1 or 0, with a list of the two: (1, 1); more as in `Story.show`."""
    value, fixed = np.array([[float(on)]]), {"equation": "1 or 0", "number_format": "switch"}
    return story.input(value, name, note=note, **fixed, **shown)


def numbered(letter: str, count: int) -> Any:
    """Labels such as d1 and d2."""
    return np.array([f"{letter}{i + 1}" for i in range(count)], dtype=object)
