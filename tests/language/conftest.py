"""A language that nobody speaks: English with every letter dressed up, so that it is told apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import sheetformer.language
from sheetformer.language.catalogue import FOLDER
from sheetformer.server.start import start_page

CODE = "xx"
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DRESSED = "àḃçďéƒĝĥíĵķľṁñóṗɋřšťúṽŵẋýžÀḂÇĎÉƑĜĤÍĴĶĽṀÑÓṖɊŘŠŤÚṼŴẊÝŽ"
_TABLE = str.maketrans(_PLAIN, _DRESSED)
_ENTRY = re.compile(r'^((?:"(?:[^"\\]|\\.)*"|[\w-]+) = )(".*")$')


def dressed(text: str) -> str:
    """The same text with other letters; blanks such as {number} stay."""
    parts = re.split(r"(\{\w+\})", text)
    return "".join(part if part.startswith("{") else part.translate(_TABLE) for part in parts)


def made_up(english: str) -> str:
    """The file of the language, made from en.toml line by line."""
    lines: list[str] = []
    for line in english.splitlines():
        entry = _ENTRY.match(line)
        lines.append(line if entry is None else f'{entry[1]}"{_quoted(entry[2])}"')
    return "\n".join(lines).replace("[language]\n", f'[language]\ncode = "{CODE}"\n', 1) + "\n"


def _quoted(value: str) -> str:
    text = dressed(tomllib.loads(f"x = {value}")["x"])
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@pytest.fixture(scope="module")
def made_up_language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The code of the language, which is there for all until the end of the module."""
    folder = tmp_path_factory.mktemp("languages")
    english = (Path(sheetformer.language.__file__).parent / "en.toml").read_text(encoding="utf-8")
    # Its code and its decimal sign are no words.
    head = re.sub(r"(?m)^(code|decimal) = .*\n", "", english, count=2)
    (folder / f"{CODE}.toml").write_text(made_up(head), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        start_page.cache_clear()
        yield CODE
    start_page.cache_clear()
