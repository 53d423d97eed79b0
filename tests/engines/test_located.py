"""What people do to a book without harm is followed, and said in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sheetformer as sf
from sheetformer.engines import get_engine, office
from sheetformer.engines.report import Report
from sheetformer.errors import FileError, SheetformerError
from sheetformer.lessons.again import verify_against

pytestmark = pytest.mark.libreoffice

Edit = Callable[..., Path]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sf.lesson(source="I am happy", target="eu sou feliz").save(
        tmp_path_factory.mktemp("written") / "book.xlsx"
    )


@pytest.fixture(scope="module")
def edit(book: Path) -> Iterator[Edit]:
    """Gives a copy of the book to which some steps were done in LibreOffice."""
    folder, pipe = book.parent, f"edits{uuid.uuid4().hex}"
    soffice = office.find_soffice()
    assert soffice
    python = office.find_python(soffice)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    options = ("--headless", "--norestore", "--nologo", f"--accept=pipe,name={pipe};urp;")
    environment = office._environment()
    program = Path(__file__).parents[1] / "office_edit.py"
    running = subprocess.Popen([str(soffice), profile, *options], env=environment)
    bridge = subprocess.Popen(
        [str(python), str(program), pipe],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def do(*steps: tuple[object, ...]) -> Path:
        target = folder / f"{uuid.uuid4().hex}.xlsx"
        assert bridge.stdin
        assert bridge.stdout
        bridge.stdin.write(json.dumps([str(book), str(target), *steps]) + "\n")
        bridge.stdin.flush()
        assert bridge.stdout.readline() == "true\n"
        return target

    yield do
    for pipe_end in (bridge.stdin, bridge.stdout):
        assert pipe_end
        pipe_end.close()
    assert bridge.wait(30) == 0
    running.wait(30)
    for left in Path("/tmp").glob(f"OSL_PIPE_{os.getuid()}_{pipe}"):
        left.unlink()


def checked(path: Path) -> Report:
    return sf.verify(path, get_engine("ironcalc"))


FOLLOWED = {
    "saved": ([("save",)], ""),
    "renamed": ([("rename", "Attention", "Mine, it's")], "'Attention' is called 'Mine, it's' now"),
    "rows": ([("insert_rows", "Attention", 20, 2)], "'source_number' at Attention!F27:F29"),
    "first row": ([("insert_rows", "Attention", 0, 1)], "'source_words' at Attention!C11:C13"),
    "columns": ([("insert_columns", "Attention", 0, 1)], "'source_words' at Attention!D10:D12"),
    "given numbers": ([("insert_rows", "Learned", 5, 1)], "sheet 'Learned' were moved"),
    "a block": ([("move", "Attention", "I80:L82", "C300")], "'Q_' at Attention!C300:F302"),
    "deleted": ([("delete", "Check")], "the sheet 'Check' is gone, and with it 122 formula cells"),
    "two things": (
        [("insert_rows", "Attention", 110, 1), ("rename", "Nearest word", "Near")],
        "'Nearest word' is called 'Near' now",
    ),
}


@pytest.mark.parametrize("case", FOLLOWED)
def test_what_is_moved_without_harm_is_followed(edit: Edit, case: str) -> None:
    steps, said = FOLLOWED[case]
    report = checked(edit(*steps))
    assert report.ok, report
    assert bool(said) == bool(report.notes)
    assert said in "; ".join(report.notes)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("delete", "Learned"), "sheet 'Learned' is gone, and formulas on the sheet 'The idea'"),
        (("delete", "Reference"), "sheet 'Reference' is gone, and formulas on the sheet 'Check'"),
        (("insert_rows", "Learned", 40, 1), "was written with 66 × 1 cells and has 67 × 1 now"),
    ],
)
def test_what_cannot_be_followed_is_one_sentence(
    edit: Edit, step: tuple[object, ...], said: str
) -> None:
    with pytest.raises(FileError, match=said):
        checked(edit(step))


def test_a_saved_copy_is_still_the_packages_book(edit: Edit) -> None:
    report = verify_against(edit(("save",)), "cross-attention", limit=5)
    assert report.ok, report
    moved = verify_against(edit(("insert_rows", "Attention", 0, 1)), limit=5)
    assert not moved.ok
    with pytest.raises(SheetformerError, match="is the lesson 'cross-attention', not 'softmax'"):
        verify_against(edit(("save",)), "softmax", limit=5)
