"""What somebody may have meant: known names that are like the one that was typed."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The known names that are most like a name, the likest first; case does not count.

    Args:
        name: what was typed.
        known: what there is.
        most: so many at most.
        cutoff: how like they must be, from 0 (anything) to 1 (the same).

    >>> nearest("Tanhh", ["tan", "tanh", "sqrt"], 2)
    ['tanh', 'tan']
    """
    folded: dict[str, str] = {}
    for each in known:
        folded.setdefault(each.casefold(), each)
    return [folded[near] for near in get_close_matches(name.casefold(), folded, most, cutoff)]


def did_you_mean(names: Iterable[str]) -> str:
    """The question that names them.

    >>> did_you_mean(["tan", "tanh"])
    'did you mean tan or tanh?'
    """
    return f"did you mean {' or '.join(names)}?"


def suggestion(name: str, known: Iterable[str], otherwise: str = "", most: int = 1) -> str:
    """The end of a message about a name that does not exist: the nearest, or all there are.

    Args:
        name: what was typed.
        known: what there is.
        otherwise: what to say when nothing is like it, instead of naming everything.
        most: so many names at most.

    >>> suggestion("iron", ["ironcalc", "libreoffice"])
    "did you mean 'ironcalc'?"
    >>> suggestion("excel", ["ironcalc", "libreoffice"])
    'there are: ironcalc, libreoffice'
    """
    known = list(known)
    near = nearest(name, known, most)
    return did_you_mean(map(repr, near)) if near else otherwise or f"there are: {_listed(known)}"


MANY, FEW = 40, 12
"""Of more names than that only the first few are listed."""


def _listed(known: list[str]) -> str:
    shown = known if len(known) <= MANY else [*known[:FEW], f"… ({len(known):,} in all)"]
    return ", ".join(shown)
