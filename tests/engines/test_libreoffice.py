from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter

from sheetformer.engines import office
from sheetformer.engines.canary import CANARY_CELLS, write_canary
from sheetformer.engines.programs.libreoffice import LibreOffice
from sheetformer.engines.reader import read_cells
from sheetformer.errors import EngineError

from .books import RIGHT, write_book

NEVER = 1
"""The setting with which LibreOffice believes what a file says."""


def test_the_canary_stores_wrong_values(tmp_path: Path) -> None:
    path = tmp_path / "canary.xlsx"
    write_canary(path)
    stored, right = read_cells(path)["Canary"], CANARY_CELLS["Canary"]
    assert list(stored.values()) == [20.0, -999.0, -999.0]
    assert stored.keys() == right.keys()


@pytest.mark.libreoffice
def test_a_profile_that_never_recalculates_is_found_out(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    with (
        LibreOffice(recalculation=NEVER) as engine,
        pytest.raises(EngineError, match="LibreOffice did not recalculate"),
    ):
        engine.recalculate(path)


@pytest.mark.libreoffice
def test_it_is_ended_and_its_profile_removed(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    engine = LibreOffice()
    engine.recalculate(path)
    running = engine._office
    assert running
    assert running.alive
    processes, folder = [process.pid for process in running.processes], running.folder
    with pytest.raises(ZeroDivisionError), engine, engine.open(path):
        raise ZeroDivisionError
    assert not folder.exists()
    assert _end_soon(processes)


@pytest.mark.libreoffice
def test_it_starts_again_after_it_was_killed(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    with LibreOffice() as engine:
        with engine.open(path) as live:
            running = engine._office
            assert running
            for process in running.processes:
                os.killpg(process.pid, signal.SIGKILL)
            with pytest.raises(EngineError, match="LibreOffice ended unexpectedly"):
                live.cells()
        assert engine.recalculate(path) == RIGHT


@pytest.mark.libreoffice
def test_a_timeout_ends_it(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    with (
        LibreOffice(timeout=0.05) as engine,
        pytest.raises(EngineError, match=r"took longer than 0\.05 s and was ended"),
    ):
        engine.recalculate(path)


@pytest.mark.libreoffice
def test_it_ends_with_python_when_nobody_closed_it(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    program = (
        "import pathlib, sys; from sheetformer.engines.programs.libreoffice import LibreOffice;"
        "engine = LibreOffice(); engine.recalculate(pathlib.Path(sys.argv[1]));"
        "print(*[p.pid for p in engine._office.processes], engine._office.folder)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    *processes, folder = run.stdout.split()
    assert not Path(folder).exists()
    assert _end_soon([int(process) for process in processes])


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    "at_work",
    [
        "",
        # A changed workbook stays open, which nobody has saved.
        "live = engine.open(path); live.__enter__().edit({('Data', 0, 0): 7.0})",
        # Nobody is there any more when the answer comes.
        "talk = engine._office._bridge.process; talk.stdout.close();"
        "talk.stdin.write(bytes('[0, 0]', 'ascii') + bytes([10])); talk.stdin.flush()",
    ],
)
def test_it_ends_even_if_python_was_killed(at_work: str, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    program = f"""
import os, pathlib, sys
from sheetformer.engines.programs.libreoffice import LibreOffice
path, engine = pathlib.Path(sys.argv[1]), LibreOffice()
engine.recalculate(path)
print(*[process.pid for process in engine._office.processes], flush=True)
{at_work}
os.kill(os.getpid(), 9)
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        # Nobody is left to remove the profile.
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    processes = [int(word) for word in run.stdout.split()]
    assert processes
    assert _end_soon(processes)


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(office, "find_soffice", lambda: None)
    assert "LibreOffice is not installed" in str(LibreOffice.missing())
    with pytest.raises(EngineError, match="LibreOffice is not installed"):
        LibreOffice().recalculate(write_book(tmp_path / "book.xlsx"))
    monkeypatch.setattr(office, "find_soffice", lambda: Path("soffice"))
    monkeypatch.setattr(office, "find_python", lambda _: None)
    assert "python3-uno" in str(LibreOffice.missing())


def _end_soon(processes: list[int]) -> bool:
    """Whether all process groups are gone, the last zombies included, within some seconds."""
    deadline = time.monotonic() + 20
    while any(map(_group_lives, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _group_lives(process: int) -> bool:
    try:
        os.killpg(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.libreoffice
def test_an_edit_that_is_refused_half_way_leaves_what_stands_worked_out(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    path = tmp_path / "locked.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, password in (("Open", None), ("Locked", "secret")):
            sheet = book.add_worksheet(name)
            sheet.write_number("A1", 1)
            sheet.write_formula("B1", "=A1*2")
            if password:
                sheet.protect(password)
    with libreoffice.open(path) as live:
        with pytest.raises(EngineError, match="'Locked' is protected with a password"):
            live.edit({("Open", 0, 0): 21.0, ("Locked", 0, 0): 5.0})
        assert live.cells()["Open"] == {(0, 0): 21.0, (0, 1): 42.0}
        assert live.edit({("Open", 0, 0): 4.0})["Open"][0, 1] == 8.0
