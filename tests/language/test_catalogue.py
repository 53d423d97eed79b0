"""The files of the languages: en.toml lists every text, and no other one lacks any."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import sheetformer.language
from sheetformer.errors import FileError, SheetformerError
from sheetformer.formula.named import NAMED
from sheetformer.graph.ops import OPS
from sheetformer.language import (
    ENGLISH,
    Language,
    catalogue,
    find_language,
    languages,
    translate,
    use_language,
)
from sheetformer.language.catalogue import FOLDER, frame, lesson_texts
from sheetformer.lessons import LESSONS, heat_maps
from sheetformer.lessons.translator import sheet as translator_sheet

from .books import NAMES, OTHERS, books

HERE = Path(sheetformer.language.__file__).parent
ENTRY = re.compile(r'^"((?:[^"\\]|\\.)*)" = ')


class Asked(Mapping[str, str]):
    """The texts of a language that remembers which ones were asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts, self.requested = texts, set[str]()

    def __getitem__(self, text: str) -> str:
        translation = self.texts[text]
        self.requested.add(text)
        return translation

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


@cache
def wanted(name: str) -> tuple[set[str], list[str]]:
    """The texts of en.toml that a lesson asks for, and those that en.toml lacks."""
    tables = lesson_texts("en")
    texts = Asked({**tables["common"], **tables.get(name, {})})
    template = Language("template", texts)
    if name in OTHERS:
        # They open their language themselves.
        with pytest.MonkeyPatch.context() as patch:
            for module in (heat_maps, translator_sheet.language):
                patch.setattr(module, "find_language", lambda *_: template)
            books(name)
    else:
        lesson_wanted(name, template)
    return texts.requested, list(template.missing)


def lesson_wanted(name: str, template: Language) -> None:
    entry = LESSONS[name]
    with use_language(template):
        translate(entry.title), translate(entry.summary)
        entry.build()
        if name == "cross-attention":
            entry.build(source="I am | happy", target="sou | feliz")
            entry.build(formulas="named")
            for function in NAMED.values():
                translate(function.sentence)


def with_missing(text: str) -> str:
    """en.toml with the texts that it lacks, each at the end of its lesson, and without the rest."""
    tables: list[str] = []
    text += "".join(f"\n[lessons.{name}]\n" for name in NAMES if f"[lessons.{name}]" not in text)
    for part in re.split(r"(?m)^(?=\[)", text):
        name = part[1 : part.index("]")].removeprefix("lessons.") if part.startswith("[") else ""
        if name == "common" or name in NAMES:
            requested = set().union(
                *(wanted(one)[0] for one in (NAMES if name == "common" else [name]))
            )
            part = "".join(line for line in part.splitlines(True) if not unused(line, requested))
        if name in NAMES and (new := wanted(name)[1]):
            added = "".join(f"{quoted(one)} = {quoted(one)}\n" for one in new)
            part = f"{part.rstrip()}\n{added}\n"
        tables.append(part)
    return "".join(tables).rstrip() + "\n"


def unused(line: str, requested: set[str]) -> bool:
    return bool(ENTRY.match(line)) and next(iter(tomllib.loads(line))) not in requested


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def test_english_lists_every_text_of_the_lessons(request: pytest.FixtureRequest) -> None:
    """After a text was changed: pytest tests/language --update-golden, then the other languages."""
    file = HERE / "en.toml"
    fresh = with_missing(file.read_text(encoding="utf-8"))
    if request.config.getoption("--update-golden"):
        file.write_text(fresh, encoding="utf-8")
        # The tests after this one read the file again.
        catalogue._tables.cache_clear()
        catalogue._lesson_tables.cache_clear()
    assert file.read_text(encoding="utf-8") == fresh


def test_a_text_that_is_new_and_one_that_is_gone_are_found() -> None:
    text = (HERE / "en.toml").read_text(encoding="utf-8")
    head = "[lessons.softmax]\n"
    assert with_missing(text.replace(head, f'{head}"Nobody says this." = "x"\n')) == text
    tables = {**lesson_texts("en"), "softmax": {}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "lesson_texts", lambda _: tables)
        _, missing = wanted.__wrapped__("softmax")
    assert LESSONS["softmax"].title in missing


def test_a_sentence_of_an_operation_belongs_to_one() -> None:
    computing = {name for name, op in OPS.items() if op.kind != "source"}
    assert set(ENGLISH.table("operations")) <= computing


def test_an_english_text_of_a_lesson_is_its_own_key() -> None:
    for table in lesson_texts("en").values():
        assert all(key == text for key, text in table.items())


@pytest.mark.parametrize("code", languages())
def test_a_language_has_every_text_with_its_blanks(code: str) -> None:
    assert frame(code)["language"]["code"] == code
    for english, translated in (
        (frame("en"), frame(code)),
        (lesson_texts("en"), lesson_texts(code)),
    ):
        assert english.keys() == translated.keys()
        for table, texts in english.items():
            assert set(texts) == set(translated[table]), table
            for key, text in texts.items():
                assert blanks(translated[table][key]) == blanks(text), (table, key)


def test_what_several_lessons_say_alike_is_written_once() -> None:
    """It stands in `common`; a lesson's own table keeps what some language says otherwise there."""
    every = [lesson_texts(code) for code in languages()]
    places: dict[str, list[str]] = {}
    for name, texts in lesson_texts("en").items():
        for text in texts:
            places.setdefault(text, []).append(name)
    for text, tables in places.items():
        said = [tuple(texts[name][text] for texts in every) for name in tables]
        assert len(set(said)) == len(said), (text, tables)


def blanks(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("code", languages())
def test_the_lessons_come_last_in_a_file(code: str) -> None:
    """What needs no lesson does not read so far; both parts together are the file."""
    whole = tomllib.loads((HERE / f"{code}.toml").read_text(encoding="utf-8"))
    assert whole == {**frame(code), "lessons": lesson_texts(code)}


def test_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "xx.toml"
    file.write_text(
        '[language]\nname = "Ixx"\n[lessons.common]\nCheck = "Xeque"\n', encoding="utf-8"
    )
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert languages()[0] == "en"
    assert "xx" in languages()
    language = find_language("xx", "softmax")
    assert (language.name, language.decimal) == ("Ixx", "."), "what it lacks is English"
    with use_language(language):
        assert translate("Check") == "Xeque"
        assert translate("Learned") == "Learned"
    assert list(language.missing) == ["Learned"]


@pytest.mark.parametrize(
    "head", ["[lessons.common]", "\n  [ lessons . common ]", "\t[lessons.common]"]
)
def test_the_lessons_are_found_wherever_their_heading_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    (tmp_path / "xx.toml").write_text(f'{head}\nCheck = "Xeque"\n', encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert find_language("xx").texts == {"Check": "Xeque"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[language\n", "no TOML"),
        (b"\xff\xfe", "UTF-8"),
        (b"[page]\nundo = 3\n", "text"),
        (b'[lessons]\nCheck = "x"\n', "tables of texts"),
        (b'lessons.common.Check = "x"\n', "the lessons come last"),
        (b'["lessons".common]\nCheck = "x"\n', "the lessons come last"),
        (b'[lessons.common]\nCheck = "x"\n[page]\nundo = "y"\n', r"last, and \[page\] before"),
    ],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, sentence: str
) -> None:
    (tmp_path / "xx.toml").write_bytes(content)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(FileError, match=rf"xx\.toml.*{sentence}"):
        _ = find_language("xx").name


def test_an_unknown_language_and_a_wrong_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    with pytest.raises(SheetformerError, match="there is no language 'xx'; use 'en' or"):
        find_language("xx")
    wrong = Language("xx", {"word {number}": "{nummer}"})
    with use_language(wrong), pytest.raises(SheetformerError, match=r"nothing fills: '\{nummer\}'"):
        translate("word {number}", number=1)
    for blank in ("{number.name}", "{number[x]}", "{number:d}", "{"):
        wrong = Language("xx", {"word {number}": blank})
        with use_language(wrong), pytest.raises(SheetformerError, match="nothing fills"):
            translate("word {number}", number="1")


@pytest.mark.parametrize("code", languages())
def test_what_is_wrong_ends_alike_in_every_language(code: str) -> None:
    """The terminal puts a full stop to what has none; a question keeps its mark."""
    for key, text in Language(code).table("problems").items():
        assert text[-1] != "."
        assert key.endswith("?") == text.endswith("?"), text
        assert key.endswith(("}", ")", "|")) or text[-1].isalnum() or text[-1] in "?})'", text
