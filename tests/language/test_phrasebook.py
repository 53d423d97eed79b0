"""From shown texts back to their keys: exactly, by templates, by parts; never by guessing."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from string import Formatter

import pytest

import sheetformer
import sheetformer as sf
from sheetformer.cli import main
from sheetformer.errors import SheetformerError
from sheetformer.language import ENGLISH, Language, languages
from sheetformer.language.catalogue import FOLDER, lesson_texts
from sheetformer.language.phrasebook import Phrasebook, phrasebook, problem
from sheetformer.lessons import LESSONS
from sheetformer.writers.page_languages import _LETTERS, _texts
from sheetformer.writers.page_payload import page_payload

from .books import NAMES, books

BOOK = Phrasebook(
    {
        "The mean.": "A média.",
        "{name} of {whole}": "{name} de {whole}",
        "row {i} of {whole}": "linha {i} de {whole}",
        "How {a} meets {a}.": "Como {a} encontra {a}.",
        "whole": "todo",
        "one {a} x": "um {a} x",
        "one {b} x": "1 {b} x",
    }
)


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("The mean.", "A média."),
        ("mean = whole", "mean = todo"),
        ("12   whole", "12   todo"),
        ("↑  whole", "↑  todo"),
        ("whole\nwhole", "todo\ntodo"),
        ("The mean. whole", "A média. todo"),
        ("The mean. The mean. row 3 of it", "A média. A média. linha 3 de it"),
        ("part of whole", "part de todo"),
        ("row 3 of whole", "linha 3 de todo"),
        ("How x meets x.", "Como x encontra x."),
        ("mean = whole  ·  The mean.", "mean = todo  ·  A média."),
        ("x_1  ·  The mean.", "x_1  ·  A média."),
        ("x_1  ·  nothing", None),
        ("How x meets y.", None),
        ("one or two x", None),
        ("nothing", None),
        ("whole\nnothing", None),
        ("The mean. nothing", None),
        ("+ " * 5000 + "whole", None),
    ],
)
def test_a_text(text: str, translation: str | None) -> None:
    assert BOOK.translate(text) == translation


def test_a_blank_may_be_called_anything() -> None:
    book = Phrasebook({"{0} of {1}": "{1}: {0}", "{} or {}": "{}/{}", "{{x}} {a b}": "{a b} {{y}}"})
    assert book.translate("a of b") == "b: a"
    assert book.translate("x or x") == "x/x"
    assert book.translate("{x} 1") == "1 {y}"


@pytest.mark.parametrize("wrong", ["word {nummer}", "word {0}", "word {", "word {}"])
def test_a_wrong_blank_is_one_sentence_that_names_the_text(wrong: str) -> None:
    with pytest.raises(SheetformerError, match=re.escape(repr(wrong))):
        Phrasebook({"word {number}": wrong})


@pytest.mark.parametrize("blank", ["{0}", "{langage}", "{"])
def test_a_page_names_a_wrong_text_of_a_language_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blank: str
) -> None:
    texts = {**lesson_texts("en")["common"], WITH_BLANK: f"xx {blank}"}
    entries = "".join(f"{json.dumps(key)} = {json.dumps(text)}\n" for key, text in texts.items())
    file = tmp_path / "xx.toml"
    file.write_text(f"[lessons.common]\n{entries}", encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(SheetformerError, match=re.escape(repr(f"xx {blank}"))):
        sf.lesson("softmax").save(tmp_path / "page.html")


WITH_BLANK = next(text for text in lesson_texts("en")["common"] if "{" in text)


def test_a_wrong_catalogue_of_problems_leaves_them_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with a language, the terminal says what was wrong before."""
    texts = '"there is no lesson {name}; {hint}" = "xx {nome}"\n'
    (tmp_path / "xy.toml").write_text(f"[problems]\n{texts}", encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(SystemExit) as end:
        main(["--lang", "xy", "lesson", "sofmax"])
    assert end.value.code == 2
    assert capfd.readouterr().err == (
        "Error: there is no lesson 'sofmax'; did you mean 'softmax'?\n"
    )


def test_the_lesson_that_knows_most_of_the_texts_decides() -> None:
    title = LESSONS["softmax"].title
    assert phrasebook([title], "en", "pt").translate(title) == sf.lesson("softmax", lang="pt").title
    assert phrasebook([], "en", "pt").translate(title) is None
    assert phrasebook([], "en", "pt").translate("Check") == "Conferência"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("code", [code for code in languages() if code != ENGLISH.code])
def test_a_page_carries_each_text_that_is_another_in_a_language(name: str, code: str) -> None:
    """The book that was made in one language reads as the one that was made in the other."""
    for made, other in ((ENGLISH.code, code), (code, ENGLISH.code)):
        data = page_payload(books(name, made)[0])
        wanted = set(_texts(page_payload(books(name, other)[0])))
        carried = data["languages"][other]["book"]
        shown = {carried.get(text, text) for text in _texts(data)}
        assert {text for text in shown - wanted if _LETTERS.search(text)} == set()
        if made == ENGLISH.code:
            assert len(carried) > 20


@pytest.mark.parametrize(
    ("sentence", "translation"),
    [
        (
            "the word 'hapy' in the source sentence is not in the vocabulary; the nearest known "
            "words are happy (sheetformer words lists all)",
            "a palavra 'hapy' na frase de origem não está no vocabulário; as palavras conhecidas "
            "mais próximas são happy (sheetformer words lista todas)",
        ),
        (
            "seed must be a whole number from 0 to 9999, not 'x'",
            "seed deve ser um número inteiro de 0 a 9999, não 'x'",
        ),
        (
            "cell A1 on sheet 'x': the formula uses 'SUMM'; did you mean 'SUM'?",
            "célula A1 na planilha 'x': a fórmula usa 'SUMM'; você quis dizer 'SUM'?",
        ),
        (
            "b.npz has none of this run's names, such as 'nrm1'; did you mean 'norm1'?",
            "os nomes de b.npz, como 'nrm1', não são os desta execução; você quis dizer 'norm1'?",
        ),
        ("a sentence that no catalogue has", "a sentence that no catalogue has"),
    ],
)
def test_a_problem(sentence: str, translation: str) -> None:
    assert problem(sentence, Language("pt")) == translation
    assert problem(sentence, ENGLISH) == sentence


def test_every_problem_is_said_somewhere() -> None:
    """A sentence that is another in the program by now would stay English."""
    source = Path(sheetformer.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for file in source.rglob("*.py"))
    code = re.sub(r'"\s*f?"', "", code)
    system = {os.strerror(code) for code in errno.errorcode}
    for sentence in ENGLISH.table("problems").keys() - system:
        for literal, *_ in Formatter().parse(sentence):
            # A hint is put in where the program goes on with it.
            assert all(part.strip() in code for part in re.split(r"; |: ", literal)), sentence


def test_a_book_of_ones_own_stays_as_it_is() -> None:
    import numpy as np

    data = page_payload(sf.trace(lambda x: x * 2, np.ones((1, 2))))
    for texts in data["languages"].values():
        assert "output" not in texts.get("book", {})


def test_no_language_is_named_in_a_program() -> None:
    """Only the catalogue knows which languages there are; English alone is a default."""
    folders = ("src/sheetformer", "web/src", "docs")
    root = Path(__file__).parents[2]
    files = [one for folder in folders for one in (root / folder).rglob("*.*")]
    programs = [one for one in files if one.suffix in (".py", ".ts")]
    assert len(programs) > 100
    literal = re.compile(r"""(==|!=|\bin\b|\bcase\b|\?)[^#\n]*["'](en|pt|es)["']""")
    found = [
        f"{one.name}: {line.strip()}"
        for one in programs
        for line in one.read_text(encoding="utf-8").splitlines()
        if literal.search(line) and ">>>" not in line
    ]
    assert found == []
