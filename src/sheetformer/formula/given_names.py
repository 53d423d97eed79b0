"""Names that LET and LAMBDA give inside a typed formula."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sheetformer.errors import EditError
from sheetformer.formula.tree import Call, Formula, Name, parts


def own_names(formula: Formula, names: Collection[str]) -> dict[str, str]:
    """What LET and LAMBDA may call their own, for each name of the book that a formula uses.

    Excel keeps a name that LET gives apart from one of the book; IronCalc takes the book's, and
    says #VALUE!.

    >>> own_names(Call("LET", (Name("x"), Name("x_"), Name("x"))), ["X", "x_"])
    {'x': 'x__', 'x_': 'x___'}
    """
    used = {part.name.casefold() for part in parts(formula) if isinstance(part, Name)}
    of_book = {known.casefold() for known in names}
    own: dict[str, str] = {}
    for name in sorted(used & of_book):
        own[name] = f"{name}_"
        while own[name] in used | of_book:
            own[name] += "_"
        used.add(own[name])
    return own


def arity_of(formula: Formula) -> int | None:
    """How many values a function takes; None of anything else."""
    match formula:
        case Call("LAMBDA", (_, *others)) if others:
            return len(others)
        case _:
            return None


def given(name: Formula) -> str:
    """A name that LET or LAMBDA gives, in small letters."""
    if not isinstance(name, Name):
        raise EditError("LET and LAMBDA give names such as x; an address or a number is no name")
    return name.name.casefold()


def refuse_twice(names: Sequence[Formula]) -> None:
    """Refuse a name that is given twice.

    Raises:
        EditError: there is one.
    """
    found = [*map(given, names)]
    twice = next((name for i, name in enumerate(found) if name in found[:i]), None)
    if twice is not None:
        raise EditError(f"LET and LAMBDA give a name once; {twice} stands there twice")
