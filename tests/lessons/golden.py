"""The golden text of a book: its words and formulas, each thing once, so that a diff is short.

A block is one line (name, equation, operation, place); below it stand its formula and its note.
What can be derived is left out: a stage that repeats the one before, as a step of training does,
says what is different but for numbers; of lines that are alike, as those of the check, the first
stands for all; and another book, as the lesson in the other style, says what is different in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby, pairwise
from operator import eq
from pathlib import Path

from sheetformer.book.workbook import Block, Book
from sheetformer.formula.address import area
from sheetformer.writers.formats.txt import formula_text

FOLDER = Path(__file__).parent.parent / "golden"
_WATCHED = re.compile(r"(?:ref|check)_(.+?)(?:_equation|_cells|_verdict)?")
"""The name of what the check adds for a block, and in it the name of that block."""
_SHOWN = 400
"""Lines of a difference that a person is shown."""


def assert_golden(name: str, text: str, *, update: bool = False) -> None:
    """Assert that a golden file holds this text, or write it; a failure says which lines differ."""
    file = FOLDER / f"{name}.txt"
    if update:
        file.write_text(text, encoding="utf-8")
    written = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = written.splitlines(), text.splitlines()
    diff = list(unified_diff(*lines, file.name, "now", lineterm="", n=2))
    shown = "\n".join(diff[:_SHOWN])
    assert not diff, (
        f"if this is meant: pytest tests/lessons/test_golden.py --update-golden\n{shown}"
    )


def golden_text(book: Book) -> str:
    """The text of a whole book."""
    title = [book.title, "=" * len(book.title)]
    stages = [_Stage("", "", []), *_stages(book)]
    return _joined([title, *_once(_after(stage, before) for before, stage in pairwise(stages))])


def golden_difference(book: Book, base: Book) -> str:
    """What a book says that another does not: new blocks, and what else known ones say."""
    known = {entry.name: entry for stage in _stages(base) for entry in stage.entries}
    texts = {stage.heading for stage in _stages(base)}
    parts = [_beside(stage, known, texts) for stage in _stages(book)]
    gone = sorted((name for name in known if name not in book.blocks), key=_bare)
    without = [_Part([f"without {name}"], _bare(name), name) for name in gone]
    return _joined([*_once(part for part in parts if part.lines), *_once(without)])


@dataclass(frozen=True)
class _Entry:
    """What is told of a block."""

    name: str
    heading: str
    place: str
    formulas: str
    note: str

    def lines(self, base: _Entry | None, same: Callable[[str, str], bool]) -> list[str]:
        """All that it says; or beside the same block elsewhere its name and what differs."""
        if base is None:
            return _lines(self.heading, self.place, self.formulas, self.note)
        heading = self.name if same(self.heading, base.heading) else self.heading
        # What the check adds stands where there is room.
        place = "" if same(self.place, base.place) or self.watched else self.place
        formulas = "" if same(self.formulas, base.formulas) else self.formulas
        note = "" if same(self.note, base.note) else self.note
        lines = _lines(heading, place, formulas, note)
        return [] if lines == [self.name] else lines

    @property
    def watched(self) -> str:
        """The name of the block that it watches, if it is of the check."""
        match = _WATCHED.fullmatch(self.name)
        return match[1] if match else ""

    @property
    def key(self) -> str:
        """All that it says; in the check but for place, numbers and the name of its block."""
        if not self.watched:
            return self.name
        name = rf"(?<![A-Za-z0-9]){re.escape(self.watched)}(?![A-Za-z0-9])"
        return _bare(re.sub(name, "*", "\n".join((self.heading, self.formulas, self.note))))


@dataclass(frozen=True)
class _Stage:
    title: str
    text: str
    entries: list[_Entry]

    @property
    def heading(self) -> tuple[str, ...]:
        return (f"# {self.title}", self.text) if self.text else (f"# {self.title}",)

    @property
    def end(self) -> str:
        return f"{self.title} {self.entries[-1].place}" if self.entries else self.title

    def blocks(self, known: Mapping[str, _Entry], same: Callable[[str, str], bool]) -> list[str]:
        """The lines of its blocks, beside those that are known."""
        parts = []
        for _, group in groupby(self.entries, lambda entry: entry.watched or entry.name):
            several = list(group)
            lines = [line for e in several for line in e.lines(known.get(e.name), same)]
            end = f"{several[-1].name} {several[-1].place}"
            parts.append(_Part(lines, "\n".join(entry.key for entry in several), end))
        return [line for lines in _once(part for part in parts if part.lines) for line in lines]


@dataclass(frozen=True)
class _Part:
    """Lines that stand once where others have the same key; `end` is where they end."""

    lines: list[str]
    key: str
    end: str


def _after(stage: _Stage, before: _Stage) -> _Part:
    """A stage; where it has the blocks of the one before but for numbers, what is different."""
    names, earlier = ([_bare(entry.name) for entry in s.entries] for s in (stage, before))
    if not names or names != earlier:
        lines = [*stage.heading, *stage.blocks({}, eq)]
        return _Part(lines, "\n".join(lines), stage.end)
    pairs = zip(stage.entries, before.entries, strict=True)
    known = {entry.name: base for entry, base in pairs}
    text = [] if _similar(stage.text, before.text) else [stage.text]
    as_before = "As the stage before, but for numbers and what follows here."
    lines = [f"# {stage.title}", as_before, *text, *stage.blocks(known, _similar)]
    return _Part(lines, _bare("\n".join(lines)), stage.end)


def _beside(stage: _Stage, known: Mapping[str, _Entry], headings: set[tuple[str, ...]]) -> _Part:
    """What a stage says otherwise than it is said in another book."""
    heading = [] if stage.heading in headings else stage.heading
    lines = [*heading, *stage.blocks(known, eq)]
    return _Part(lines, _bare("\n".join(lines)), stage.end)


def _stages(book: Book) -> list[_Stage]:
    formulas = {
        (sheet.name, cell_block.row, cell_block.column): formula_text(cell_block)
        for sheet in book.sheets
        for cell_block in sheet.cell_blocks
    }
    entries = [(block.stage, _entry(block, formulas)) for block in book.blocks.values()]
    return [
        _Stage(stage.title, stage.text, [entry for at, entry in entries if at == number])
        for number, stage in enumerate(book.stages)
    ]


def _entry(block: Block, formulas: Mapping[tuple[str, int, int], str]) -> _Entry:
    places = (
        area(matrix.row, matrix.column, block.rows, block.columns) for matrix in block.matrices
    )
    return _Entry(
        block.name,
        f"{block.code_line or block.name}  [{block.node.op}]{_title(block)}",
        f"{block.sheet}!{', '.join(places)}",
        "\n".join(
            formulas[block.sheet, matrix.row, matrix.column] for matrix in block.matrices
        ).strip(),
        block.caption.note,
    )


def _title(block: Block) -> str:
    """Its title, where that is more than its name."""
    return "" if block.heading == block.code_line else f"  {block.heading}"


def _lines(heading: str, place: str, formulas: str, note: str) -> list[str]:
    below = (*formulas.splitlines(), *([note] if note else []))
    return [f"{heading}  {place}".rstrip(), *(f"  {line}" for line in below)]


def _bare(text: str) -> str:
    """A text without its numbers, and names without those at their ends."""
    return re.sub(r"\d+", "#", re.sub(r"_\d+(?![A-Za-z0-9])", "", text))


def _similar(text: str, other: str) -> bool:
    return _bare(text) == _bare(other)


def _once(parts: Iterable[_Part]) -> Iterator[list[str]]:
    """The lines of each part; of several with the same key, one after another, the first's."""
    for _, run in groupby(parts, lambda part: part.key):
        first, *more = run
        yield first.lines
        if more:
            yield [f"… and {len(more)} more alike but for names and numbers, to {more[-1].end}"]


def _joined(paragraphs: Iterable[Iterable[str]]) -> str:
    """Paragraphs with an empty line between them."""
    texts = ("\n".join(lines) for lines in paragraphs)
    return "\n\n".join(text for text in texts if text) + "\n"
