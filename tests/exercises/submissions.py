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
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf
from sheetformer.exercises.grading import Grades, grade
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.make import exercise
from sheetformer.formula.address import a1
from sheetformer.graph.functions import named

BLANKS = ("scores", "scaled", "weights_exp", "weights_sum", "weights", "blend")
Formula = str | float | ArrayFormula
Filled = Mapping[str, Formula]
"""Address → what stands there."""


@dataclass(frozen=True)
class Case:
    """One submission: what is filled in, and what must be found."""

    name: str
    blocks: Mapping[str, Filled]
    wrong: str = ""
    said: str = ""
    cheats: bool = False
    change: Callable[[Any], None] | None = None


# -- the exercise ----------------------------------------------------------------------------------


def attend(x: Any, w_q: Any, w_k: Any, w_v: Any) -> Any:
    q, k, v = (named(x @ w, name) for w, name in ((w_q, "Q_"), (w_k, "K_"), (w_v, "V_")))
    return sf.nn.attention(q, k, v)


@cache
def exercise_files() -> tuple[Path, Path]:
    """The homework and its key, written once."""
    folder = Path(tempfile.mkdtemp(prefix="sheetformer-exercise-"))
    random = np.random.default_rng(1)
    x = np.round(random.normal(size=(3, 4)), 2)
    matrices = [np.round(random.normal(size=(4, 4)), 2) for _ in range(3)]
    made = exercise(sf.trace(attend, x, *matrices), list(BLANKS))
    return made.book.save(folder / "homework.xlsx"), made.key.save(folder / "key.xlsx")


@cache
def key() -> Key:
    return read_key(exercise_files()[1])


@cache
def grid(name: str) -> tuple[tuple[str, ...], ...]:
    """The addresses of a block, row by row."""
    region = next(r for r in key().manifest.regions if r.name == name)
    rows, columns = region.elements.shape
    return tuple(
        tuple(a1(region.row + r, region.column + c) for c in range(columns)) for r in range(rows)
    )


def sheet() -> str:
    return next(r for r in key().manifest.regions if r.name == "scores").sheet


def span(name: str) -> str:
    cells = grid(name)
    return f"{cells[0][0]}:{cells[-1][-1]}"


def fixed(area: str) -> str:
    """An area with dollar signs."""
    return ":".join(
        f"${cell.rstrip('0123456789')}${cell[len(cell.rstrip('0123456789')) :]}"
        for cell in area.split(":")
    )


def row(name: str, r: int) -> str:
    cells = grid(name)[r]
    return f"{cells[0]}:{cells[-1]}"


def column(name: str, c: int) -> str:
    return f"{grid(name)[0][c]}:{grid(name)[-1][c]}"


def each(name: str, formula: Callable[[int, int], str], array: bool = False) -> Filled:
    """A formula in each cell."""
    return {
        cell: ArrayFormula(cell, formula(r, c)) if array else formula(r, c)
        for r, line in enumerate(grid(name))
        for c, cell in enumerate(line)
    }


def whole(name: str, formula: str) -> Filled:
    """One array formula."""
    return {grid(name)[0][0]: ArrayFormula(span(name), formula)}


def rows(name: str, formula: Callable[[int], str]) -> Filled:
    """One array formula a row."""
    return {
        line[0]: ArrayFormula(f"{line[0]}:{line[-1]}", formula(r))
        for r, line in enumerate(grid(name))
    }


# -- honest styles ---------------------------------------------------------------------------------


def at(name: str, r: int, c: int) -> str:
    return grid(name)[r][c]


def products(one: list[str], other: list[str]) -> str:
    return "+".join(f"{a}*{b}" for a, b in zip(one, other, strict=True))


@cache
def honest() -> dict[str, dict[str, Filled]]:
    """Block → style → formulas."""
    q, k, v, s = (fixed(span(n)) for n in ("Q_", "K_", "V_", "scores"))
    scaled, exp, total, weights = (
        fixed(span(n)) for n in ("scaled", "weights_exp", "weights_sum", "weights")
    )
    top = "weights_max"
    return {
        "scores": {
            "names": whole("scores", "=MMULT(Q_,TRANSPOSE(K_))"),
            "MMULT": whole("scores", f"=MMULT({q},TRANSPOSE({k}))"),
            "SUMPRODUCT": each("scores", lambda r, c: f"=SUMPRODUCT({row('Q_', r)},{row('K_', c)})"),
            "by hand": each(
                "scores", lambda r, c: "=" + products(list(grid("Q_")[r]), list(grid("K_")[c]))
            ),
            "MMULT a cell": each(
                "scores", lambda r, c: f"=MMULT({row('Q_', r)},TRANSPOSE({row('K_', c)}))", True
            ),
            "INDEX of MMULT": each(
                "scores", lambda r, c: f"=INDEX(MMULT({q},TRANSPOSE({k})),{r + 1},{c + 1})", True
            ),
            "LET": each(
                "scores",
                lambda r, c: f"=_xlfn.LET(_xlpm.a,{row('Q_', r)},_xlpm.b,{row('K_', c)},"
                "SUM(_xlpm.a*_xlpm.b))",
                True,
            ),
            "transposed twice": whole("scores", f"=TRANSPOSE(MMULT({k},TRANSPOSE({q})))"),
            "a row": rows("scores", lambda r: f"=MMULT({row('Q_', r)},TRANSPOSE({k}))"),
            "INDEX a row": each(
                "scores", lambda r, c: f"=SUMPRODUCT(INDEX({q},{r + 1},0),INDEX({k},{c + 1},0))"
            ),
            "OFFSET": each(
                "scores",
                lambda r, c: f"=SUMPRODUCT(OFFSET({at('Q_', 0, 0)},{r},0,1,4),{row('K_', c)})",
            ),
            "SUM of products": each(
                "scores", lambda r, c: f"=SUM({row('Q_', r)}*{row('K_', c)})", True
            ),
            "LAMBDA": each(
                "scores",
                lambda r, c: f"=_xlfn.LAMBDA(_xlpm.a,_xlpm.b,SUMPRODUCT(_xlpm.a,_xlpm.b))"
                f"({row('Q_', r)},{row('K_', c)})",
            ),
        },
        "scaled": {
            "a cell": each("scaled", lambda r, c: f"={at('scores', r, c)}/SQRT(4)"),
            "array": whole("scaled", f"={s}/SQRT(COLUMNS({q}))"),
            "factor": each("scaled", lambda r, c: f"={at('scores', r, c)}*4^-0.5"),
            "number": each("scaled", lambda r, c: f"={at('scores', r, c)}*0.5"),
        },
        "weights_exp": {
            "a cell": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)}-{at(top, r, 0)})"
            ),
            "MAX inside": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)}-MAX({row('scaled', r)}))"
            ),
            "array": whole("weights_exp", f"=EXP({scaled}-{fixed(span(top))})"),
            "a quotient": each(
                "weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)})/EXP({at(top, r, 0)})"
            ),
            "POWER": each(
                "weights_exp",
                lambda r, c: f"=POWER(EXP(1),{at('scaled', r, c)}-{at(top, r, 0)})",
            ),
            "no max": each("weights_exp", lambda r, c: f"=EXP({at('scaled', r, c)})"),
        },
        "weights_sum": {
            "SUM": each("weights_sum", lambda r, _: f"=SUM({row('weights_exp', r)})"),
            "plus": each("weights_sum", lambda r, _: "=" + "+".join(grid("weights_exp")[r])),
            "SUMPRODUCT": each("weights_sum", lambda r, _: f"=SUMPRODUCT({row('weights_exp', r)})"),
            "MMULT": whole("weights_sum", f"=MMULT({exp},{{1;1;1}})"),
            "BYROW": whole(
                "weights_sum", f"=_xlfn.BYROW({exp},_xlfn.LAMBDA(_xlpm.r,SUM(_xlpm.r)))"
            ),
            "AVERAGE": each("weights_sum", lambda r, _: f"=3*AVERAGE({row('weights_exp', r)})"),
        },
        "weights": {
            "a cell": each(
                "weights", lambda r, c: f"={at('weights_exp', r, c)}/{at('weights_sum', r, 0)}"
            ),
            "array": whole("weights", f"={exp}/{total}"),
            "SUM inside": each(
                "weights", lambda r, c: f"={at('weights_exp', r, c)}/SUM({row('weights_exp', r)})"
            ),
            "all at once": each(
                "weights",
                lambda r, c: f"=EXP({at('scaled', r, c)})/SUMPRODUCT(EXP({row('scaled', r)}))",
            ),
            "LET": each(
                "weights",
                lambda r, c: f"=_xlfn.LET(_xlpm.e,EXP({row('scaled', r)}-MAX({row('scaled', r)})),"
                f"INDEX(_xlpm.e,1,{c + 1})/SUM(_xlpm.e))",
                True,
            ),
        },
        "blend": {
            "MMULT": whole("blend", f"=MMULT({weights},{v})"),
            "SUMPRODUCT": each(
                "blend",
                lambda r, c: f"=SUMPRODUCT(TRANSPOSE({row('weights', r)}),{column('V_', c)})",
                True,
            ),
            "by hand": each(
                "blend",
                lambda r, c: "=" + products(list(grid("weights")[r]), [n[c] for n in grid("V_")]),
            ),
            "a row": rows("blend", lambda r: f"=MMULT({row('weights', r)},{v})"),
        },
    }  # fmt: skip


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
             ""),
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
        case("V for K", "blend", whole("blend", f"=MMULT({weights},{k})"), ""),
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
    if case.said not in bad.mistake or (not case.said and bad.verdict not in ("wrong", "error")):
        found.append(f"said {bad.mistake!r}, not {case.said!r}")
    found += [
        f"punished twice: {b.block} {b.verdict} {b.mistake}"
        for b in blanks.values()
        if b.block != case.wrong and b.points < 1
    ]
    return found


def main(count: int) -> None:
    """Make, grade, and say what came out."""
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
    for what, number in (*sorted(kinds.items()), *wrong.most_common(40)):
        sys.stdout.write(f"{number:6,}  {what}\n")
    sys.stdout.write(f"{took:.1f} s\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
