"""Questions of a lesson: predict, try, and be told why; each is a line of a table with a live mark.

A lesson asks with `Story.question` where the maths is at hand, and `ask` sets the table. An answer
is held against a fingerprint, so the cell of a mark does not say it. What is marked is true of the
numbers that the file was written with; only "change this until …" follows what stands there now.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import added, elementwise
from sheetformer.graph.values import fingerprint
from sheetformer.language import translate

if TYPE_CHECKING:
    from sheetformer.story.story import Story

LONGEST = 250
"""Characters of a text that a formula may hold, with its sign."""
MOST_STEPS = 1e7
"""An answer over how far it may be off; beyond, its fingerprint tells nothing."""
OTHERWISE = frozenset(("true", "false", "verdadeiro", "verdadero", "falso"))
"""Words that programs, some in one language only, turn into truth values as they are typed."""
ROLE = "answer"
"""The role of a cell that a reader answers in; it changes nothing else in the book."""


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        text: what is asked.
        right: the sentence that explains, once it is right.
        hint: what a wrong answer is told.
        options: what may be picked; empty for a number or a change.
        answer: one of the options, or a number other than 0.
        within: how far a number may be off.
        formula: whether the number is to be found by a formula.
        until: 1 once the reader has changed what is asked for, else 0 (1, 1).
    """

    text: str
    right: str
    hint: str
    options: tuple[str, ...] = ()
    answer: str | float = ""
    within: float = 0.0
    formula: bool = False
    until: Array | None = None

    @property
    def kind(self) -> str:
        """What is to be done, in a few words."""
        if self.until is not None:
            return "Change it until …"
        if self.options:
            return "True or false" if self.options == truths() else "Pick one"
        return "Type a formula" if self.formula else "Type a number"


def truths() -> tuple[str, str]:
    """The two options of a statement, in the language in use."""
    return translate("it is true"), translate("it is false")


def ask(story: Story, group: str) -> None:
    """Set the questions of a story as a table on one of its sheets.

    Raises:
        SheetformerError: a question has no answer or texts that no formula can hold.
    """
    if not story.questions:
        return
    story.stage(
        "Predict, try, explain",
        "Answer before you try it, then try it in the sheet. The marks are for the words and "
        "numbers that this file was written with: what you change later does not change them.",
        group=group,
        table={"Question": 6, "Your answer": 2, "Mark": 5},
    )
    for number, question in enumerate(story.questions, 1):
        _line(story, number, _checked(question))


def _checked(question: Question) -> Question:
    for text in (question.right, question.hint):
        if not text or len(text) > LONGEST:
            raise SheetformerError(f"{text!r} is no text of at most {LONGEST} characters")
    if question.until is None and not question.options and not question.answer:
        raise SheetformerError(f"the question {question.text!r} has no answer other than 0")
    if question.within and abs(float(question.answer)) / question.within >= MOST_STEPS:
        raise SheetformerError(f"the answer to {question.text!r} is asked for too exactly")
    if question.options and question.answer not in question.options:
        raise SheetformerError(f"the answer to {question.text!r} is none of its options")
    if len(",".join(question.options)) > LONGEST or any("," in one for one in question.options):
        raise SheetformerError(f"the options of {question.text!r} fit in no list of a cell")
    for option in question.options:
        if option.casefold() in OTHERWISE or option[:1] in "=+-@'" or _is_number(option):
            raise SheetformerError(
                f"the option {option!r} would be no word once it is typed; call it otherwise"
            )
    return question


def _is_number(option: str) -> bool:
    try:
        float(option.replace(",", ".").rstrip(" %"))
    except ValueError:
        return False
    return True


def _line(story: Story, number: int, question: Question) -> None:
    asked = np.array(question.text, dtype=object)
    note = translate("{number}  {kind}", number=number, kind=translate(question.kind))
    text = story.constant(
        asked, f"question_{number}", note=note, number_format="question", title="Question"
    )
    answer, right, empty = _answered(story, number, question)
    wrong = f"✗ {question.hint}"
    waits: Any = f"→ {question.hint}"
    if empty is not None:
        waits = elementwise("where", empty, f"→ {translate('not yet')}", wrong)
    mark = elementwise("where", right, f"✓ {question.right}", waits)
    marked = story.show(mark, f"mark_{number}", number_format="mark", title="Mark")
    for array in (text, answer, marked):
        story.place(array, order=len(story.placements))


def _answered(story: Story, number: int, question: Question) -> tuple[Array, Array, Array | None]:
    """The cell that is answered in, 1 where that is right, and 1 where nothing stands there."""
    name = f"answer_{number}"
    if question.until is not None:
        nothing = np.array("–", dtype=object)
        there = story.constant(nothing, name, number_format="word", title="Your answer")
        return there, question.until, None
    if question.options:
        empty = np.array("", dtype=object)
        typed = _typed(story, empty, name, question.options)
        picked = added([elementwise("equal", typed, option) * (i + 1.0)
                        for i, option in enumerate(question.options)])  # fmt: skip
        answer = question.options.index(str(question.answer)) + 1.0
        return typed, _matches(picked, answer, 0.5, question.text), elementwise("equal", typed, "")
    typed = _typed(story, np.array(0.0), name, ())
    right = _matches(typed, float(question.answer), question.within, question.text)
    return typed, right, elementwise("equal", typed, 0.0)


def _typed(story: Story, value: Any, name: str, options: tuple[str, ...]) -> Array:
    typed = story.input(value, name, role=ROLE, number_format="answer", title="Your answer")
    story.tell(typed, offers=options)
    return typed


def _matches(number: Array, answer: float, within: float, salt: str) -> Array:
    """1 where a number is at most `within` from the answer, which only its fingerprint says."""
    scale = 0.5 / within
    start = 1_000 + int(hashlib.sha256(salt.encode()).hexdigest()[:8], 16) % 1_000_000
    # The answer comes to lie in the middle between two steps of the rounding.
    shift = start + round(0.5 - answer * scale % 1.0, 6)
    wanted = float(fingerprint(np.array(answer), np.array(scale), np.array(shift)))
    return elementwise("equal", elementwise("fingerprint", number, scale, shift), wanted)
