"""An exercise: blanks, marks, the key, and a file without any answer."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
import pytest

import sheetformer as sf
from sheetformer.cli import main
from sheetformer.engines.reader import read_contents
from sheetformer.errors import FileError, SheetformerError
from sheetformer.exercises.blanks import Blank
from sheetformer.exercises.handout import NOT_SHOWN
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.make import exercise
from sheetformer.exercises.parts import before
from sheetformer.exercises.students import read_students

from ..support import assert_excel_would_open
from .filling import fill, marks, recalculated, write


def made(tmp_path: Path, lesson: str, blank: str, **options: str) -> tuple[Path, Path, Key]:
    one = exercise(sf.lesson(lesson, **options), blank)
    homework, key = one.book.save(tmp_path / "homework.xlsx"), one.key.save(tmp_path / "key.xlsx")
    return homework, key, read_key(key)


@pytest.mark.parametrize(
    ("lesson", "blank", "formulas"),
    [
        ("cross-attention", "scores, softmax", "matrix"),
        ("cross-attention", "scores[0], blend[1,2], scaled.operands", "cell"),
        ("softmax", "shares, exponentials", "matrix"),
        ("self-attention", "masked, weights", "cell"),
        ("encoder-decoder", "encoder_1_self_scores", "matrix"),
    ],
)
def test_the_right_formulas_are_marked_right(
    tmp_path: Path, lesson: str, blank: str, formulas: str
) -> None:
    homework, key_file, key = made(tmp_path, lesson, blank, formulas=formulas)
    empty = recalculated(homework)
    assert set(marks(empty)) == {"→"}
    cells = recalculated(fill(homework, key_file, key, tmp_path / "filled.xlsx"))
    assert marks(cells) == ["✓"] * len(key.blanks)
    for blank_ in key.blanks:
        found = [cells[sheet][row, column] for sheet, row, column in key.cells(blank_)]
        np.testing.assert_allclose(found, key.answers(blank_).astype(float), atol=1e-9)


@pytest.mark.parametrize(
    ("lesson", "blank"),
    [
        ("cross-attention", "scores, softmax, blend"),
        ("softmax", "shares[0]"),
        ("multi-head", "single_scores, head1_weights"),
        ("dot-product", "dot_products, cosines[1,2]"),
    ],
)
def test_no_answer_stands_in_the_file(tmp_path: Path, lesson: str, blank: str) -> None:
    homework, key_file, key = made(tmp_path, lesson, blank)
    page = exercise(sf.lesson(lesson), blank).book.save(tmp_path / "homework.html")
    secret = answers(key)
    solved = zipfile.ZipFile(key_file)
    assert secret & spellings(b"".join(map(solved.read, solved.namelist())).decode()), "planted"
    archive = zipfile.ZipFile(homework)
    texts = [archive.read(name).decode() for name in archive.namelist()]
    payload = page.read_text(encoding="utf-8")
    for text in (*texts, payload[payload.index("<script") :]):
        assert not secret & spellings(text)
    formulas = {text for blank_ in key.blanks for text in written(key_file, key, blank_)}
    assert formulas
    assert not any(f"<f>{text}<" in part or f'">{text}</f>' in part
                   for text in formulas for part in texts)  # fmt: skip


def answers(key: Key) -> set[str]:
    """Every spelling of the answers that a student cannot see in what they are made of."""
    graph = key.manifest.graph
    places = {graph.node_index(int(blank.elements[0])) for blank in key.blanks}
    values = [graph.values[place].ravel() for place in before(graph, places)]
    seen = {round(abs(float(x)), 8) for value in values if value.dtype != object for x in value}
    numbers = [abs(float(value)) for blank in key.blanks for value in key.answers(blank)]
    telling = [x for x in numbers if round(x, 8) not in seen and round(x, 2) != round(x, 8)]
    assert telling
    parts = [part for x in telling for part in (x, 100 * x)]
    return {f"{part:.{digits}f}" for part in parts for digits in range(5, 13)} | set(
        map(repr, parts)
    )


def spellings(text: str) -> set[str]:
    return set(re.findall(r"\d+\.\d+", text.replace(",", "."))) | set(re.findall(r"\d+\.\d+", text))


def written(key_file: Path, key: Key, blank: Blank) -> set[str]:
    formulas = read_contents(key_file).formulas
    return {escape(formulas[sheet][row, column]) for sheet, row, column in key.cells(blank)}


def test_a_wrong_number_and_a_changed_input_are_marked(tmp_path: Path) -> None:
    homework, _, key = made(tmp_path, "softmax", "shares, in_all")
    shares, total = key.blanks
    right = dict(zip(key.cells(shares), key.answers(shares).tolist(), strict=True))
    cells = recalculated(write(homework, right, tmp_path / "one.xlsx"))
    assert marks(cells) == ["✓", "→"]
    first = key.cells(shares)[0]
    wrong = {**right, first: right[first] + 0.01, key.cells(total)[0]: 1}
    assert marks(recalculated(write(homework, wrong, tmp_path / "two.xlsx"))) == ["✗", "✓"]
    score = key.manifest.regions[[r.name for r in key.manifest.regions].index("scores")]
    changed = {**right, (score.sheet, score.row, score.column): 9}
    assert marks(recalculated(write(homework, changed, tmp_path / "three.xlsx"))) == ["→", "→"]


@pytest.mark.parametrize(
    ("blank", "said"),
    [
        ("scoress", "did you mean 'scores'?"),
        (
            "english_embeddings",
            "is given, not computed; nobody could find its numbers, so blank what is made",
        ),
        ("looks_at", "holds words"),
        ("scores[7]", "3 × 3 cells, counted from 0"),
        ("scores[0,1,2]", "3 × 3 cells, counted from 0"),
        ("scores.left", "write scores.operands"),
        ("scores[", "write a block, a row or a cell"),
        ("ref_scores", "no block 'ref_scores' to blank"),
        (" , ", "say which blocks"),
    ],
)
def test_what_cannot_be_blank_is_refused(blank: str, said: str) -> None:
    with pytest.raises(SheetformerError) as refused:
        exercise(cross_attention(), blank)
    assert said in str(refused.value)


@cache
def cross_attention() -> sf.Book:
    return sf.lesson()


def test_what_comes_to_the_same_numbers_is_not_shown() -> None:
    made_ = exercise(sf.lesson("softmax"), "shares")
    cells = {(c.row, c.column): c for sheet in made_.book.sheets for c in sheet.cell_blocks}
    beside = made_.book.blocks["safe_shares"].matrices[0]
    after_ = made_.book.blocks["in_all"].matrices[0]
    assert set(cells[beside.row, beside.column].values.ravel()) == {NOT_SHOWN}
    assert not cells[after_.row, after_.column].stored
    assert {sheet.name for sheet in made_.book.sheets} == {"Exercise", "Softmax"}


def test_a_blank_has_a_hint_in_three_steps_and_is_unlocked(tmp_path: Path) -> None:
    homework, _, key = made(tmp_path, "cross-attention", "scores", lang="pt")
    sheet, row, column = key.cells(key.blanks[0])[0]
    cell = openpyxl.load_workbook(homework)[sheet].cell(row + 1, column + 1)
    assert cell.value is None
    assert not cell.protection.locked
    lead = openpyxl.load_workbook(homework).worksheets[1]
    assert "preencha" in [sign.value for sign in lead[2]]
    idea, equation, start = cell.comment.text.split("\n")[-3:]
    assert idea.startswith("1  Ideia: ")
    assert equation == "2  Equação: scores = Q Kᵀ"
    assert start == "3  Comece em I114. Ela lê: Q_rows (C114:F116), K_columns (I106:K109)"
    assert_excel_would_open(homework)


def test_a_key_is_a_book_and_nothing_else_is_a_key(tmp_path: Path) -> None:
    homework, key_file, key = made(tmp_path, "cross-attention", "softmax, scores[0,1]")
    assert sf.verify(key_file).ok
    assert [(blank.block, blank.whole) for blank in key.blanks] == [
        ("scores", False), ("exponentials", True), ("row_sum", True), ("weights", True)
    ]  # fmt: skip
    assert key.student(key.students[0].code) == key.students[0]
    with pytest.raises(FileError, match="is no key"):
        read_key(homework)


def test_a_traced_function_is_an_exercise_too(tmp_path: Path) -> None:
    book = sf.trace(lambda q, k: sf.softmax(q @ k.T), np.eye(2), np.array([[1.0, 2.0], [0.5, 3.0]]))
    one = exercise(book, ["softmax[1]", "matmul"])
    one.book.save(tmp_path / "homework.xlsx")
    assert marks(recalculated(tmp_path / "homework.xlsx")) == ["→", "→"]


def test_each_student_has_numbers_of_their_own(tmp_path: Path) -> None:
    made_ = exercise(sf.lesson("softmax"), "shares", students=["Ana", "Bob"])
    key = read_key(made_.key.save(tmp_path / "key.xlsx"))
    ana, bob = key.students
    files = [made_.of(one).save(tmp_path / f"{one.name}.xlsx") for one in (ana, bob)]
    where, cells = key.cells(key.blanks[0]), recalculated(files[0])
    assert {"For Ana", ana.code} <= set(map(str, next(iter(cells.values())).values()))
    for answers_of, signs in ((ana, "✓✗"), (bob, "✗✓")):
        right = dict(zip(where, key.of(answers_of).answers(key.blanks[0]).tolist(), strict=True))
        said = [marks(recalculated(write(file, right, tmp_path / "in.xlsx"))) for file in files]
        assert said == [[sign] for sign in signs]
    assert key.student(ana.code) == ana


def test_a_book_of_words_and_settings_has_no_numbers_for_students() -> None:
    book = sf.trace(lambda x: x * 2.0, np.ones((1, 1)))
    with pytest.raises(SheetformerError, match="no numbers of its own"):
        exercise(book, ["output"], students=["Ana"])


@pytest.mark.parametrize(
    ("text", "said"),
    [("name\n", "names no student"), ("name\nAna\nAna\n", "names 'Ana' twice"),
     ("name\nAna B\nana-b\n", "would share a file")],
)  # fmt: skip
def test_a_list_of_students_that_cannot_be_followed(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "class.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=said):
        read_students(path)


@pytest.mark.parametrize(
    ("names", "said"),
    [(("g.pdf", "k.xlsx"), "cannot tell what to write"),
     (("g.xlsx", "g-Ana.xlsx"), "would be the exercise and its key"),
     (("g.xlsx", "class.csv/k.xlsx"), "cannot be written")],
)  # fmt: skip
def test_the_command_writes_both_files_or_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    names: tuple[str, str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("class.csv").write_text("name\nAna\n", encoding="utf-8")
    words = ["--blank", "shares", "--students", "class.csv", "-o", names[0], "--key", names[1]]
    with pytest.raises(SystemExit) as end:
        main(["exercise", "softmax", *words])
    assert end.value.code == 2
    assert said in capfd.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["class.csv"]


def test_a_list_of_students_from_a_spreadsheet_program(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text('Aluno;E-mail\nAna Müller;a@b\n"Bob";\n', encoding="utf-8-sig")
    assert read_students(path) == ["Ana Müller", "Bob"]
