"""What comes with the package is what the page on the supply chain says."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

import pytest

requirements = pytest.importorskip("packaging.requirements")

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "supply-chain.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SPOKEN = {"apache software": "apache-2.0", "python software foundation": "psf"}
"""How classifiers call a licence that has a shorter name."""


def table(heading: str, number: int = 0) -> list[list[str]]:
    """The rows of a table below a heading, code marks taken off."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    lines = tables[number].splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def needs(names: list[str]) -> set[str]:
    """What these packages bring with them, themselves included."""
    found: set[str] = set()
    while names:
        requirement = requirements.Requirement(names.pop())
        name = requirement.name.lower().replace("_", "-")
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        names += requires(name) or []
    return found


def licence(name: str) -> str:
    """What an installed package says of its licence."""
    told = metadata(name)
    said = [told.get("License-Expression"), told.get("License"), *told.get_all("Classifier", [])]
    text = " ".join(filter(None, said)).lower()
    for spoken, short in SPOKEN.items():
        text = text.replace(spoken, f"{spoken} {short}")
    return text


def test_the_packages_at_run_time_are_those_of_the_project() -> None:
    wanted = [requirements.Requirement(each) for each in PROJECT["dependencies"]]
    told = {name: versions for name, versions, _, _ in table("At run time")}
    assert told == {each.name.lower(): str(each.specifier) for each in wanted}
    brought = {name for name, _, _ in table("At run time", 1)}
    # What an older or newer release of one of them needs may be less or more, but not another.
    assert needs([str(each) for each in wanted]) - told.keys() <= brought


def test_the_licences_are_those_that_the_packages_name() -> None:
    for row in (*table("At run time"), *table("At run time", 1)):
        name, told = row[0], row[2 if len(row) == 4 else 1]
        try:
            said = licence(name)
        except PackageNotFoundError:
            continue
        for each in re.split(r" and | or ", re.sub(r"[()]", "", told)):
            assert each.lower() in said, name


def test_every_extra_is_told_with_its_packages() -> None:
    told = {
        name: set(packages.split(", ")) for name, packages, _, _ in table("Only if you ask for it")
    }
    extras = PROJECT["optional-dependencies"]
    assert told.keys() == extras.keys() - {"dev"}
    for name, packages in told.items():
        each = {requirements.Requirement(line).name for line in extras[name]}
        if "sheetformer" in each:
            each = each - {"sheetformer"} | {"torch"}
        assert packages == each, name
