"""What a stranger's file may take, and that it leaves nothing: one sentence, and no process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import xlsxwriter

import sheetformer as sf
from sheetformer.engines import package
from sheetformer.engines.base import Engine
from sheetformer.engines.limits import limits_for
from sheetformer.engines.package import check_workbook
from sheetformer.engines.reader import formula_fault, read_contents
from sheetformer.errors import EngineError, FileError, SheetformerError

from ..listening import listening
from .test_verify import add_formula, with_part

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits and signals of POSIX")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return sf.trace(lambda x: sf.softmax(x), [[1.0, 2.0]]).save(tmp_path / "book.xlsx")


def verdict(file: Path, limit: float = 1.0) -> str:
    """What `verify` says of a file, in a word or in its sentence."""
    try:
        return "ok" if sf.verify(file, limit=limit).ok else "not ok"
    except SheetformerError as error:
        return str(error)


def test_limits_grow_with_the_file_and_can_be_raised(tmp_path: Path) -> None:
    small, large = tmp_path / "small.xlsx", tmp_path / "large.xlsx"
    small.write_bytes(b"")
    large.write_bytes(bytes(20_000_000))
    assert limits_for(small, "ironcalc").seconds == 10
    assert limits_for(small, "ironcalc").memory == 1 << 30
    assert limits_for(large, "ironcalc").seconds == 210
    assert limits_for(large, "ironcalc").memory == 2_000_000_000
    raised = limits_for(small, "ironcalc", 3)
    assert (raised.seconds, raised.processor, raised.memory) == (30, 30, 3 << 30)
    for bad in (0, -1, float("nan"), float("inf")):
        with pytest.raises(SheetformerError, match="give a number above 0"):
            limits_for(small, "ironcalc", bad)


@pytest.mark.parametrize(
    "formula", ["FACTDOUBLE(1E18)", "COMBIN(1E15,5E14)", 'REPT("a",A1)&' * 300 + '"b"']
)
def test_an_engine_without_end_is_ended(workbook: Path, formula: str) -> None:
    add_formula(workbook, formula)
    begun = time.monotonic()
    said = verdict(workbook, limit=0.2)
    assert "raise the limits: --limit 3" in said or said == "not ok"
    # Two seconds of the processor, however long a busy machine needs for them.
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("formula", ["A1" + "^1" * 4000, "-" * 8000 + "A1", "A1" + "&A1" * 2600])
def test_an_engine_that_dies_is_one_sentence(
    workbook: Path, formula: str, capfd: pytest.CaptureFixture[str]
) -> None:
    add_formula(workbook, formula)
    said = verdict(workbook)
    assert said == "not ok" or "broke down on it" in said or "raise the limits" in said
    assert capfd.readouterr() == ("", "")


def test_memory_has_a_limit(workbook: Path) -> None:
    add_formula(workbook, 'REPT("a",32000)&REPT("b",32000)')
    with pytest.raises(EngineError, match=r"memory|broke down"):
        sf.verify(workbook, limit=0.05)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("(" * 65 + "1" + ")" * 65, "more than 64 levels deep"),
        ("IF(A1," * 3000 + "1" + ",2)" * 3000, "longer than 8,192 characters"),
        ("{" * 70, "more than 64 levels deep"),
        ("A1" + "%" * 100_000, "longer than 8,192 characters"),
    ],
)
def test_formulas_beyond_excel_never_reach_an_engine(
    workbook: Path, formula: str, said: str
) -> None:
    add_formula(workbook, formula)
    with pytest.raises(FileError, match=rf"the formula in .*Z99 is {said}"):
        read_contents(workbook)


def test_parentheses_in_texts_and_names_of_sheets_are_no_levels() -> None:
    assert formula_fault('"' + "(" * 100 + '"&A1') is None
    assert formula_fault("'" + "(" * 31 + "'!A1+('" + "(" * 31 + "'!A1)+'((((((((('!B1") is None
    assert formula_fault("SUM(" * 64 + "1" + ")" * 64) is None


def test_what_is_packed_too_tightly_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    xlsxwriter.Workbook(str(path)).close()
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/none.bin", bytes(5_000_000))
    with pytest.raises(FileError, match="packed more than 100 times smaller"):
        check_workbook(path)


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    xlsxwriter.Workbook(str(path)).close()
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/Worksheets/Sheet1.xml", "<worksheet/>")
    with pytest.raises(FileError, match="two parts of one name"):
        check_workbook(path)
    assert package.LARGEST == 300_000_000


# -- no requests -----------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A port, and what was asked for there."""
    with listening() as heard:
        yield heard


def test_the_listener_hears(listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(b"GET / HTTP/1.0")
    deadline = time.monotonic() + 20
    while not heard and time.monotonic() < deadline:
        time.sleep(0.01)
    assert heard == [b"GET / HTTP/1.0"]


def linked_picture(path: Path, address: str) -> None:
    """A picture that is not in the file but somewhere else."""
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships"><xdr:oneCellAnchor><xdr:from><xdr:'
        "col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        '</xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" '
        'name="p"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:link="rId1"/><a:stretch>'
        '<a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext '
        'cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></xdr:spPr></xdr:pic>'
        "<xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    with_part(path, "xl/drawings/drawing9.xml", drawing)
    with_part(
        path,
        "xl/drawings/_rels/drawing9.xml.rels",
        f'{rels}<Relationship Id="rId1" Type="{kind}/image" Target="{address}/a.png" '
        'TargetMode="External"/></Relationships>',
    )
    with_part(
        path,
        "xl/worksheets/_rels/sheet1.xml.rels",
        f'{rels}<Relationship Id="rId9" Type="{kind}/drawing" '
        'Target="../drawings/drawing9.xml"/></Relationships>',
    )
    with_part(
        path,
        "xl/worksheets/sheet1.xml",
        lambda old: old.replace(
            "</worksheet>",
            f'<drawing xmlns:r="{kind}" r:id="rId9"/></worksheet>',
        ),
    )
    with_part(
        path,
        "[Content_Types].xml",
        lambda old: old.replace(
            "</Types>",
            '<Override PartName="/xl/drawings/drawing9.xml" ContentType='
            '"application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>',
        ),
    )


def web_service(path: Path, address: str) -> None:
    add_formula(path, f'WEBSERVICE("{address}/w")&HYPERLINK("{address}/h","x")')


def other_file(path: Path, address: str) -> None:
    add_formula(path, f"'{address}/[b.xlsx]S'!A1")


@pytest.mark.parametrize("plant", [linked_picture, web_service, other_file])
def test_no_engine_asks_anybody(
    workbook: Path,
    engine: Engine,
    listener: tuple[int, list[bytes]],
    plant: Callable[[Path, str], None],
) -> None:
    port, heard = listener
    plant(workbook, f"http://127.0.0.1:{port}")
    check_workbook(workbook)
    with suppress(EngineError):
        engine.recalculate(workbook)
    time.sleep(0.3)
    assert heard == []


# -- no orphans ------------------------------------------------------------------------------------


def family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL", "SIGINT"])
@pytest.mark.parametrize(
    "engine", ["ironcalc", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]
)
def test_verify_leaves_nothing_however_it_ends(
    workbook: Path, tmp_path: Path, name: str, engine: str
) -> None:
    add_formula(workbook, "COMBIN(1E15,5E14)" if engine == "ironcalc" else "SUM(A1)")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "sheetformer", "verify", str(workbook), "--engine", engine]
    running = subprocess.Popen(
        command,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wanted = {"ironcalc": 2, "libreoffice": 4}[engine]
    deadline = time.monotonic() + 60
    while len(children := family(running.pid)) < wanted - 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert children
    time.sleep(0.5)
    children = list({*children, *family(running.pid)})
    running.send_signal(getattr(signal, name))
    said, _ = running.communicate(timeout=60)
    assert "Traceback" not in said
    if name == "SIGINT" and running.returncode != 0:
        assert running.returncode == 130
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive
    deadline = time.monotonic() + 20
    while list(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(temporary.iterdir()) == []
