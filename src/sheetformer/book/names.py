"""Names of blocks and sheets as every spreadsheet program accepts them."""

from __future__ import annotations

import re
import unicodedata

from sheetformer.formula.address import name_fault

LONGEST_NAME = 240
"""Characters of a defined name, with room for a number behind it; Excel allows 255."""
LONGEST_SHEET = 31
"""Characters of a sheet name, as UTF-16 counts them."""
HIDDEN_SHEET = "sheetformer"
"""The sheet of a file that says what it computes."""
KEY_SHEET = "sheetformer_key"
"""The very hidden sheet of a key, with the list of blanks."""
_RESERVED = {"history", HIDDEN_SHEET.casefold(), KEY_SHEET.casefold()}


def safe_name(wish: str, taken: set[str]) -> str:
    """The nearest defined name that works everywhere and is not taken.

    Case does not count: the taken names are given in capital letters.

    >>> safe_name("Q1", set()), safe_name("k", set()), safe_name("x", {"X"}), safe_name("→", set())
    ('Q_1', 'k_', 'x_2', 'block')
    >>> safe_name("atenção", set()), safe_name("σ²", set()), safe_name("straße", set())
    ('atencao', 'sigma2', 'strasse')
    """
    name = re.sub(r"[^A-Za-z0-9_]+", "_", _latin(wish)).strip("_ ")[:LONGEST_NAME] or "block"
    if wish.endswith("_"):
        name += "_"
    name = re.sub(r"^([A-Za-z]{1,2})(?=[0-9])", r"\1_", name)
    if name[0].isdigit():
        name = f"_{name}"
    if name_fault(name):
        name = f"_{name}" if name_fault(f"{name}_") else f"{name}_"
    unique, count = name, 1
    while unique.upper() in taken:
        count += 1
        unique = f"{name}_{count}"
    return unique


def _latin(text: str) -> str:
    """A text in the letters of English: accents left out, other letters by what they are called."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(_letter(sign) for sign in plain if not unicodedata.combining(sign))


def _letter(sign: str) -> str:
    if sign.isascii():
        return sign
    found = re.match(
        r"[A-Z]+ (CAPITAL|SMALL) LETTER (?:FINAL )?([A-Z]+)\b", unicodedata.name(sign, "")
    )
    if found is None:
        return "_"
    return found[2].capitalize() if found[1] == "CAPITAL" else found[2].lower()


def sheet_name(wish: str, taken: set[str]) -> str:
    r"""The nearest sheet name that is legal and not taken (case does not count).

    Legal are 31 characters, none of : \ / ? * [ ], no apostrophe at an end, and neither
    History nor the name of the hidden sheet.
    """
    name = re.sub(r"[:\\/?*\[\]\x00-\x1f\ufffe\uffff]+", " ", wish)
    name = _cut(name.strip(" '"), LONGEST_SHEET) or "Sheet"
    used = {other.casefold() for other in taken} | _RESERVED
    unique, count = name, 1
    while unique.casefold() in used:
        count += 1
        unique = f"{_cut(name, LONGEST_SHEET - len(str(count)) - 1)} {count}"
    return unique


def _cut(text: str, longest: int) -> str:
    """At most so many UTF-16 units: a character beyond the first plane counts twice."""
    units = text.encode("utf-16-le")[: 2 * longest]
    return units.decode("utf-16-le", errors="ignore").strip(" '")
