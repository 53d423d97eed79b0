"""What an exercise is made of, by name: a lesson, a function of one's own, or a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.exercises.traced import required, stopped, traced
from sheetformer.frontends.numpy.trace import trace
from sheetformer.lessons import lesson


@dataclass(frozen=True)
class Asked:
    """What somebody asks for.

    Attributes:
        name: a lesson, `module:function`, or a model as `record` knows them.
        formulas: "matrix" or "cell".
        lang: the language of a lesson.
        options: of a lesson.
        sizes: of the inputs of a function.
        text: what a model reads.
        chosen: its layers and heads, where not all are wanted.
    """

    name: str
    formulas: str
    lang: str
    options: Mapping[str, str]
    sizes: Mapping[str, str]
    text: str
    chosen: Mapping[str, list[int] | None]

    @property
    def is_model(self) -> bool:
        """Whether it is called without inputs of its own, as `record` does."""
        own = ":" in self.name and not Path(self.name).exists()
        return not self.sizes and (bool(self.text) or own)


def book_of(asked: Asked, seed: int) -> tuple[str, Book]:
    """What the name is called, and its book; the numbers of a function are drawn from the seed.

    Raises:
        SheetformerError: there is no such thing, or something is said that it does not take.
    """
    if asked.text and asked.sizes:
        raise SheetformerError("a function has an --input and a model a --text; say one of them")
    if not asked.is_model and any(asked.chosen.values()):
        raise SheetformerError(f"{asked.name} is no model; it has no layers or heads to choose")
    if not asked.is_model and not asked.sizes:
        found = lesson(asked.name, lang=asked.lang, formulas=asked.formulas, **asked.options)
        return "lesson", found
    for option in asked.options:
        if not (asked.is_model and option == "target"):
            raise SheetformerError(f"only a lesson takes --{option}, and {asked.name} is none")
    if asked.sizes:
        return "function", traced(asked.name, asked.sizes, seed, asked.formulas)
    return _called(asked)


def _called(asked: Asked) -> tuple[str, Book]:
    """The book of a model, or of what a function of one's own gives: a book, a model, a function.

    Raises:
        SheetformerError: it takes inputs whose sizes nobody has said.
    """
    from sheetformer.frontends.torch.model_loading import find_model

    name, formulas = asked.name, asked.formulas
    takes = [] if asked.text else required(name)
    if takes:
        raise SheetformerError(
            f"{name} takes {', '.join(takes)}; say how large each one is, such as "
            f"--input {takes[0]}=3x4"
        )
    found = stopped(name, lambda: find_model(name, asked.text, asked.options.get("target", "")))
    if isinstance(found.model, Book):
        return "function", found.model
    # A model of PyTorch can be called, too, but it is made of modules.
    if callable(found.model) and not hasattr(found.model, "modules"):
        return "function", stopped(name, lambda: trace(found.model, *found.args, formulas=formulas))
    from sheetformer.frontends import record

    book = record(
        found.model, *found.args, formulas=formulas, title=found.title, tokenizer=found.tokenizer,
        **asked.chosen, **found.kwargs,
    )  # fmt: skip
    return "model", book


def sizes(inputs: Sequence[str]) -> dict[str, str]:
    """Input → size, of what is said with --input.

    Raises:
        SheetformerError: one is no name with a size, or said twice.
    """
    found: dict[str, str] = {}
    for given in inputs:
        name, equals, size = given.partition("=")
        if not (equals and name and size):
            raise SheetformerError(f"--input is a name and its size, as in q=3x4, not {given!r}")
        if name in found:
            raise SheetformerError(f"the input {name!r} is given twice; name each one once")
        found[name] = size
    return found
