"""Documentation that cannot rot: what it names exists, and what exists is named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from sheetformer.cli import app

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app).commands  # pyright: ignore
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def shell_lines(text: str) -> list[list[str]]:
    """Every command of the page's shell blocks, as words."""
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def options_of(parameter: Any) -> list[str]:
    """The names of an option, and those that say no to it."""
    return [*parameter.opts, *parameter.secondary_opts]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_guide(command: str) -> None:
    assert any(words[:2] == ["sheetformer", command] for words in shell_lines(GUIDE))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_guide(command: str) -> None:
    for parameter in COMMANDS[command].params:
        long = [name for name in options_of(parameter) if name.startswith("--")]
        assert not long or any(f"`{name}" in GUIDE for name in long), long


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_exist(page: Path) -> None:
    for words in shell_lines(page.read_text(encoding="utf-8")):
        if words[0] == "sheetformer" and not words[1].startswith("-"):
            known = {name for one in COMMANDS[words[1]].params for name in options_of(one)}
            assert {word for word in words[2:] if word.startswith("-")} <= known | {"--help", "-h"}
        if words[0] == "make":
            targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
            assert set(words[1:]) <= set(targets)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]
