"""What a comparison says: one table, and the first difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sheetformer.frontends.comparison.judge import Judge, Pair, reaching
from sheetformer.frontends.comparison.match import matched
from sheetformer.frontends.comparison.measure import axes_of
from sheetformer.frontends.comparison.points import Point, Trace
from sheetformer.language.catalogue import ENGLISH, Language

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book


QUIET = ("same", "within", "order")
"""The kinds of rows whose numbers agree."""


@dataclass(frozen=True)
class Row:
    """One block in both runs.

    Attributes:
        block: its name, as in the book of the second run.
        module: the path of its module.
        operation: as PyTorch calls it.
        kind: `same`; `within` what rounding explains; `inherits` a difference from before;
            `differs` by itself; `heals`: by itself, but on no way to a result; `shape` or `nan`;
            `missing` in b or `extra` in it; `order`: equal, but at another place of the run.
        type: the coarser type of both.
        largest: the largest difference; None where there is nothing to subtract, as in the next
            three.
        relative: the same in parts of a's largest number.
        ulps: the same in units in the last place of that number.
        cosine: of the angle between both.
        place: where the largest difference is, as indices.
        axes: what each of these counts.
        a: a's number there.
        b: b's number there.
        shapes: both shapes.
        reason: why it differs by itself, as a key and what it says.
        name_in_a: its name in the first run.
    """

    block: str
    module: str
    operation: str
    kind: str
    type: str
    largest: float | None = None
    relative: float | None = None
    ulps: float | None = None
    cosine: float | None = None
    place: tuple[int, ...] = ()
    axes: tuple[str, ...] = ()
    a: float | None = None
    b: float | None = None
    shapes: tuple[Any, ...] = ()
    reason: tuple[str, Mapping[str, Any]] = ("", {})
    name_in_a: str = ""

    @property
    def is_off(self) -> bool:
        """Whether its numbers differ by more than rounding."""
        return self.kind not in QUIET

    @property
    def element(self) -> str:
        """Where the largest difference is, in words: such as `head 1, token 3, looks at 2`."""
        return self.said_element(ENGLISH)

    def said_element(self, language: Language) -> str:
        """The same in a language; a text alone is not named."""
        shape = self.shapes[0] if self.shapes else ()
        said = zip(self.axes, self.place, shape, strict=False)
        return ", ".join(
            f"{language.message(f'terminal.axis_{axis}')} {i}"
            for axis, i, n in said
            if not (axis == "text" and n == 1)
        )

    def why(self, language: Language = ENGLISH) -> str:
        """The reason as a sentence; empty where there is none."""
        key, blanks = self.reason
        if not key:
            return ""
        if key == "steps":
            sides = [side for side in ("only_a", "only_b") if blanks[side]]
            said = [language.message(f"terminal.why_{side}", steps=blanks[side]) for side in sides]
            return " ".join(said) or language.message("terminal.why_way")
        said = {name: _said(value) for name, value in blanks.items()}
        return language.message(f"terminal.why_{key}", **said)


def _said(value: Any) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


@dataclass
class Comparison:
    """Two runs beside each other.

    Attributes:
        a: what the first is called.
        b: what the second is called.
        table: a row for each block, in the order of the second run.
        first: the first block that differs by more than the types of the numbers explain, on a way
            to a result; None if there is none.
        numbers: how many numbers were compared.
    """

    a: str
    b: str
    table: tuple[Row, ...]
    first: Row | None
    numbers: int = 0
    write: Callable[[], Book] | None = field(default=None, repr=False)

    @property
    def differs(self) -> bool:
        """Whether the results differ by more than the types of the numbers explain."""
        return self.first is not None

    @cached_property
    def book(self) -> Book:
        """Both runs and their difference side by side, live, from the first difference on.

        Raises:
            SheetformerError: nothing differs, or the model cannot be written as formulas.
        """
        from sheetformer.errors import SheetformerError

        if self.write is None or self.first is None:
            raise SheetformerError(
                "there is no difference to follow, so there is no book; .table has every block"
            )
        return self.write()

    def facts(self) -> dict[str, Any]:
        """Everything as plain data, for JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "differs": self.differs,
            "first": self.first and _facts(self.first),
            "numbers": self.numbers,
            "blocks": [_facts(row) for row in self.table],
        }

    def __str__(self) -> str:
        """The table as text: what does not agree, and the first difference."""
        return "\n".join(lines(self, ENGLISH))


def _facts(row: Row) -> dict[str, Any]:
    names = ("block", "module", "operation", "kind", "type", "element")
    numbers = ("largest", "relative", "ulps", "cosine", "a", "b")
    found: dict[str, Any] = {name: getattr(row, name) for name in names}
    found |= {name: _finite(getattr(row, name)) for name in numbers}
    return found | {"place": list(row.place), "shapes": [*map(list, row.shapes)], "why": row.why()}


def _finite(number: float | None) -> Any:
    """JSON has no infinity and no NaN: they are said as text."""
    return number if number is None or abs(number) < float("inf") else str(number)


def verdict(comparison: Comparison, language: Language) -> list[str]:
    """What it comes to, in a few lines."""
    said = {"a": comparison.a, "b": comparison.b}
    first = comparison.first
    if first is None:
        return [language.message("terminal.compare_same", blocks=len(comparison.table), **said)]
    where = {"block": first.block, "module": first.module or "–", "operation": first.operation}
    found = [language.message("terminal.compare_first", **where)]
    if first.a is not None and first.b is not None:
        numbers = {
            "a": f"{first.a:.9g}",
            "b": f"{first.b:.9g}",
            "element": first.said_element(language),
        }
        found.append(language.message("terminal.compare_element", **numbers))
    return [*found, *filter(None, [first.why(language)])]


def lines(comparison: Comparison, language: Language) -> list[str]:
    """The blocks that differ, with their numbers, and the verdict."""
    found = [
        f"{row.block}  {row.kind}  {number(row.largest)}  {number(row.relative)}"
        for row in comparison.table
        if row.kind not in ("same", "within")
    ]
    return [*found, *verdict(comparison, language)]


def number(value: float | None) -> str:
    """A number as short as it can be said; nothing for none.

    >>> number(0.000123456), number(None)
    ('0.00012', '')
    """
    return "" if value is None else f"{value:.2g}"


def compared(
    a: Trace, b: Trace, pairs_known: Sequence[tuple[Point, Point]] | None = None
) -> Comparison:
    """Compare two runs; where the pairs are known, only what is in one of them."""
    judge = Judge(matched(a, b) if pairs_known is None else pairs_known)
    pairs = judge.all()
    off = _settled(pairs, judge, a, b)
    late = _out_of_order(pairs, a)
    rows = {id(pair.b): _row(pair, late=id(pair) in late) for pair in pairs}
    table = [
        *(
            _alone(point, "missing")
            for point in a.points
            if pairs_known is None and id(point) not in judge.of
        ),
        *(rows.get(id(point)) or _alone(point, "extra") for point in b.points),
    ]
    first = rows[id(off.b)] if off else None
    numbers = sum(pair.b.value.size for pair in pairs)
    return Comparison(a.title, b.title, tuple(table), first, numbers)


def _settled(pairs: Sequence[Pair], judge: Judge, a: Trace, b: Trace) -> Pair | None:
    """The first pair whose own difference goes on to a result; those before it heal."""
    for pair in pairs:
        if pair.itself and reaching(pair, judge.of, a, b):
            return pair
        if pair.itself:
            pair.kind = "heals"
    return None


def _out_of_order(pairs: Sequence[Pair], a: Trace) -> set[int]:
    """The pairs that the first run works out after one that the second works out later."""
    order = {id(point): i for i, point in enumerate(a.points)}
    places = [order[id(pair.a)] for pair in pairs]
    late: set[int] = set()
    latest = -1
    for pair, place in zip(pairs, places, strict=True):
        if place < latest:
            late.add(id(pair))
        latest = max(latest, place)
    return late


def _row(pair: Pair, *, late: bool) -> Row:
    a, b, found = pair.a, pair.b, pair.measure
    kind = "order" if late and not pair.is_off else pair.kind
    shapes = (a.value.shape, b.value.shape)
    if found is None:
        return Row(
            b.name, _module(b), b.operation, kind, pair.type.name, shapes=shapes,
            reason=pair.reason, name_in_a=a.name,
        )  # fmt: skip
    return Row(
        b.name, _module(b), b.operation, kind, pair.type.name, found.largest, found.relative,
        found.ulps, found.cosine, found.place, axes_of(a.value.ndim, b.short),
        *found.numbers, shapes, pair.reason, a.name,
    )  # fmt: skip


def _alone(point: Point, kind: str) -> Row:
    return Row(
        point.name, _module(point), point.operation, kind, point.type.name,
        shapes=(point.value.shape,),
    )  # fmt: skip


def _module(point: Point) -> str:
    return point.path + (f" (call {point.call + 1})" if point.call else "")
