"""The extras of the package: what each needs, and whether it is installed; nothing is imported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires, version

FOR_DEVELOPERS = ("dev", "docs")
"""Extras that nobody needs who only uses the package."""
_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[.*?\])?(?P<wanted>[^;]*?)(?:; extra == '(?P<extra>[\w-]+)')?"
)
_BOUND = re.compile(r"(==|>=|<=|<|>|!=)\s*([\w.+]+)")


def extras() -> dict[str, list[tuple[str, str]]]:
    """Extra → the packages that it needs, each with the versions that are wanted."""
    found: dict[str, list[tuple[str, str]]] = {}
    try:
        every = requires("sheetformer") or ()
    except PackageNotFoundError:  # a copy of the sources that nobody has installed
        return found
    for line in every:
        read = _REQUIREMENT.fullmatch(line)
        if read and read["extra"] and read["extra"] not in FOR_DEVELOPERS:
            package = read["name"], read["wanted"].strip(" ()")
            found.setdefault(read["extra"], []).append(package)
    return found


def installed(packages: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Of these packages, those that are there, with their versions, and those that are not.

    One of another version than wanted counts as missing: `numpy 1.25, not >=1.26`.
    """
    there: list[str] = []
    missing: list[str] = []
    for name, wanted in packages:
        try:
            has = version(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if fits(has, wanted):
            there.append(f"{name} {has}")
        else:
            missing.append(f"{name} {has} ({wanted})")
    return there, missing


def fits(has: str, wanted: str) -> bool:
    """Whether a version is within bounds, by its numbers alone.

    >>> fits("2.13.0+cpu", "==2.13.0"), fits("0.55.0", "<0.55,>=0.34"), fits("1.10", ">=1.9")
    (True, False, True)
    """
    return all(
        _holds(_numbers(has), sign, _numbers(other)) for sign, other in _BOUND.findall(wanted)
    )


def _holds(has: tuple[int, ...], sign: str, other: tuple[int, ...]) -> bool:
    same = has == other
    return {
        "==": same, "!=": not same, "<": has < other, ">": has > other,
        "<=": has <= other, ">=": has >= other,
    }[sign]  # fmt: skip


def _numbers(told: str) -> tuple[int, ...]:
    """The numbers of a version, without zeros at the end: 2.0 is 2."""
    release = re.match(r"\d+(?:\.\d+)*", told)
    numbers = [int(part) for part in release[0].split(".")] if release else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
