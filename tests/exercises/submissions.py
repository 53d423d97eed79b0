# ruff: noqa: E501 (a case is one line)
"""Submissions with known truth: honest in many styles, wrong in typical ways, cheating.

`python -m tests.exercises.submissions 1000` makes so many, grades them, and says what came out.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from sheetformer.exercises.grading import Grades, grade

from .solutions import (
    BLANKS,
    Filled,
    Formula,
    at,
    column,
    each,
    exercise_files,
    fixed,
    grid,
    honest,
    key,
    products,
    row,
    sheet,
    span,
    whole,
)


@dataclass(frozen=True)
class Case:
    """One submission: what is filled in, and what must be found."""

    name: str
    blocks: Mapping[str, Filled]
    wrong: str = ""
    said: str = ""
    cheats: bool = False
    change: Callable[[Any], None] | None = None


def honest_case(number: int) -> Case:
    """Another mixture of styles for each number."""
    chosen = {}
    styles: list[str] = []
    for place, (block, known) in enumerate(honest().items()):
        names = list(known)
        style = names[(number + place * (number // len(names))) % len(names)]
        styles.append(style)
        chosen[block] = known[style]
    return Case("honest: " + ", ".join(styles), chosen)


def usual(**changed: Filled) -> dict[str, Filled]:
    """All blanks filled in as usual, but for some."""
    first = {block: next(iter(known.values())) for block, known in honest().items()}
    return {**first, **changed}


# -- typical errors --------------------------------------------------------------------------------


def wrong_cases() -> list[Case]:
    """Each with the block that is wrong, and what must be said of it."""
    q, k, v = (fixed(span(n)) for n in ("Q_", "K_", "V_"))
    exp, weights = fixed(span("weights_exp")), fixed(span("weights"))

    def case(name: str, block: str, filled: Filled, said: str) -> Case:
        return Case(name, usual(**{block: filled}), block, said)

    def scaled(what: str) -> Filled:
        return each("scaled", lambda r, c: "=" + what.replace("S", at("scores", r, c)))

    def exps(what: str) -> Filled:
        return each(
            "weights_exp",
            lambda r, c: (
                "=" + what.replace("#x", at("scaled", r, c)).replace("#m", at("weights_max", r, 0))
            ),
        )

    below, above = [1, 2, 0], [2, 0, 1]
    names = lambda r, c: f"{at('weights_exp', r, c)}"  # noqa: E731
    return [
        case("scores transposed", "scores", whole("scores", f"=MMULT({k},TRANSPOSE({q}))"),
             "exchanged"),
        case("one by one", "scores", each("scores", lambda r, c: f"={at('Q_', r, c)}*{at('K_', r, c)}"),
             "one by one"),
        case("off by one row", "scores",
             each("scores", lambda r, c: f"=SUMPRODUCT({row('Q_', below[r])},{row('K_', c)})"),
             "off by one"),
        case("last product missing", "scores",
             each("scores", lambda r, c: "=" + products(list(grid("Q_")[r][:3]), list(grid("K_")[c][:3]))),
             "last product"),
        case("a $ is missing", "scores",
             each("scores", lambda r, c: "=SUMPRODUCT({},{})".format(
                 row("Q_", 0) if r == 0 else moved(row("Q_", r), r), row("K_", c))), "$"),
        case("not scaled", "scaled", scaled("S"), "not scaled"),
        case("scaled by d", "scaled", scaled("S/4"), "divided by d"),
        case("multiplied by the root", "scaled", scaled("S*2"), "multiplied"),
        case("no exponential", "weights_exp", exps("#x-#m"), "exponential is missing"),
        case("power of 2", "weights_exp", exps("2^(#x-#m)"), "power of 2"),
        case("power of 10", "weights_exp", exps("10^(#x-#m)"), "power of 10"),
        case("wrong sign", "weights_exp", exps("EXP(#m-#x)"), "sign"),
        case("max of the column", "weights_exp",
             each("weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)}-MAX({column('scaled', c)}))"),
             "of the column"),
        case("sum of the column", "weights_sum",
             each("weights_sum", lambda r, _: f"=SUM({column('weights_exp', r)})"), "columns"),
        case("sum of the table", "weights_sum",
             each("weights_sum", lambda _r, _c: f"=SUM({exp})"), "whole table"),
        case("sum of the row below", "weights_sum",
             each("weights_sum", lambda r, _: f"=SUM({row('weights_exp', below[r])})"), "row below"),
        case("sum of the row above", "weights_sum",
             each("weights_sum", lambda r, _: f"=SUM({row('weights_exp', above[r])})"), "row above"),
        case("mean, not sum", "weights_sum",
             each("weights_sum", lambda r, _: f"=AVERAGE({row('weights_exp', r)})"), "a mean"),
        case("last cell left out", "weights_sum",
             each("weights_sum", lambda r, _: f"=SUM({at('weights_exp', r, 0)}:{at('weights_exp', r, 1)})"),
             "last cell"),
        case("softmax over columns", "weights",
             each("weights", lambda r, c: f"={names(r, c)}/SUM({column('weights_exp', c)})"),
             "sum of the column"),
        case("softmax over the table", "weights",
             each("weights", lambda r, c: f"={names(r, c)}/SUM({exp})"), "whole table"),
        case("divided by the first sum", "weights",
             each("weights", lambda r, c: f"={names(r, c)}/{fixed(at('weights_sum', 0, 0))}"),
             "first one"),
        case("not divided", "weights", each("weights", lambda r, c: f"={names(r, c)}"),
             "not divided by the sum"),
        case("upside down", "weights",
             each("weights", lambda r, c: f"={at('weights_sum', r, 0)}/{names(r, c)}"), "exchanged"),
        case("rounded", "weights",
             each("weights", lambda r, c: f"=ROUND({names(r, c)}/{at('weights_sum', r, 0)},2)"),
             "rounded"),
        case("weights transposed", "blend", whole("blend", f"=MMULT(TRANSPOSE({weights}),{v})"),
             "first matrix is transposed"),
        case("V for K", "blend", whole("blend", f"=MMULT({weights},{k})"),
             "it reads 'K_' where 'V_' belongs"),
    ]  # fmt: skip


def moved(area: str, down: int) -> str:
    """An area so many rows further down."""
    letters = [(cell.rstrip("0123456789"), cell[len(cell.rstrip("0123456789")):])
               for cell in area.split(":")]  # fmt: skip
    return ":".join(f"{column}{int(number) + down}" for column, number in letters)


# -- cheats ----------------------------------------------------------------------------------------


def cheats() -> list[Case]:
    """Right numbers without a right method, or somebody else's."""

    def values(block: str) -> dict[str, float]:
        blank = next(b for b in key().blanks if b.block == block)
        flat = key().answers(blank).astype(float).tolist()
        return dict(zip((cell for line in grid(block) for cell in line), flat, strict=True))

    def all_of(write: Callable[[str, float], Formula]) -> dict[str, Filled]:
        return {
            block: {cell: write(cell, value) for cell, value in values(block).items()}
            for block in BLANKS
        }

    source = at("x", 0, 0)
    home = {cell: value for block in BLANKS for cell, value in values(block).items()}
    standing = float(key().manifest.graph.values[0].ravel()[0])

    def hidden(book: Any) -> None:
        other = book.create_sheet("store")
        other.sheet_state = "hidden"
        for cell, value in home.items():
            other[cell] = value

    def no_code(book: Any) -> None:
        for line in book.worksheets[0]:
            for cell in line:
                if isinstance(cell.value, str) and len(cell.value) == 8 and cell.value.isupper():
                    cell.value = None

    def formula_in_input(book: Any) -> None:
        book[sheet()][source] = "=1+1"

    return [
        Case("typed", all_of(lambda _, v: v), cheats=True),
        Case("typed, rounded", all_of(lambda _, v: round(v, 3)), cheats=True),
        Case("a number as formula", all_of(lambda _, v: f"={v!r}"), cheats=True),
        Case("plus nothing", all_of(lambda _, v: f"={v!r}+0*{source}"), cheats=True),
        Case("if the input is as it was",
             all_of(lambda _, v: f"=IF(ABS({source}-{standing!r})<0.000001,{v!r},0)"), cheats=True),
        Case("from a hidden sheet", all_of(lambda c, _: f"=store!{c}"), cheats=True, change=hidden),
        Case("looked up", all_of(lambda _, v: f"=INDEX({{{v!r},0}},1,1)"), cheats=True),
        Case("from text", all_of(lambda _, v: f'=VALUE("{v!r}")'), cheats=True),
        Case("an array of numbers", {
            block: whole(block, "={" + ";".join(
                ",".join(repr(values(block)[cell]) for cell in line) for line in grid(block)) + "}")
            for block in BLANKS
        }, cheats=True),
        Case("by the clock", all_of(lambda _, v: f"={v!r}+0*NOW()"), cheats=True),
        Case("one block typed", usual(scores=values("scores")), "scores", cheats=True),
        Case("no code", usual(), cheats=True, change=no_code),
        Case("a formula in an input", usual(), cheats=True, change=formula_in_input),
    ]  # fmt: skip


# -- the files -------------------------------------------------------------------------------------


def cases(count: int) -> Iterator[Case]:
    """So many: of ten six are honest, three wrong, one cheats."""
    wrong, cheating = wrong_cases(), cheats()
    for number in range(count):
        turn, place = number % 10, number // 10
        if turn < 6:
            yield honest_case(place * 6 + turn)
        elif turn < 9:
            yield wrong[(place * 3 + turn - 6) % len(wrong)]
        else:
            yield cheating[place % len(cheating)]


def write(case: Case, target: Path) -> Path:
    """The homework of a case, as openpyxl writes it."""
    book = openpyxl.load_workbook(exercise_files()[0])
    here = book[sheet()]
    for filled in case.blocks.values():
        for cell, formula in filled.items():
            here[cell] = formula
    if case.change:
        case.change(book)
    book.save(target)
    return target


def faults(case: Case, grades: Grades, number: int) -> list[str]:
    """What grading got wrong in a case."""
    one = grades.grades[number]
    blanks = {blank.block: blank for blank in one.blanks}
    if case.cheats:
        noticed = bool(one.notes or one.problem)
        believed = {b.block for b in blanks.values() if b.verdict in ("right", "carried")}
        kept = believed & {case.wrong} if case.wrong else believed
        return [] if noticed or not kept else [f"believed: {sorted(kept)}"]
    if one.problem:
        return [one.problem]
    if not case.wrong:
        return [f"{b.block}: {b.verdict} {b.mistake}" for b in blanks.values() if b.points < 1]
    bad = blanks[case.wrong]
    found: list[str] = []
    if bad.verdict == "right":
        found.append("not found")
    if case.said not in bad.mistake:
        found.append(f"said {bad.mistake!r}, not {case.said!r}")
    found += [
        f"punished twice: {b.block} {b.verdict} {b.mistake}"
        for b in blanks.values()
        if b.block != case.wrong and b.points < 1
    ]
    return found


@dataclass(frozen=True)
class Tally:
    """What came out.

    Attributes:
        kinds: how many submissions of each kind, and how many of them were judged wrong.
        wrong: what grading got wrong, and how often.
        seconds: that grading took.
    """

    kinds: Counter[str]
    wrong: Counter[str]
    seconds: float


def tally(count: int) -> Tally:
    """Make so many submissions, grade them, and hold the grades against what is known."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = list(cases(count))
        for number, case in enumerate(chosen):
            write(case, Path(folder) / f"{number:05}.xlsx")
        begun = time.perf_counter()
        grades = grade(folder, exercise_files()[1])
        took = time.perf_counter() - begun
    kinds: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number, case in enumerate(chosen):
        kind = "cheat" if case.cheats else "wrong" if case.wrong else "honest"
        kinds[kind] += 1
        for fault in faults(case, grades, number):
            wrong[f"{case.name}: {fault}"] += 1
            kinds[f"{kind}, judged wrong"] += 1
    return Tally(kinds, wrong, took)


def main(count: int) -> None:
    """Say what came out."""
    found = tally(count)
    for what, number in (*sorted(found.kinds.items()), *found.wrong.most_common(40)):
        sys.stdout.write(f"{number:6,}  {what}\n")
    sys.stdout.write(f"{found.seconds:.1f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
