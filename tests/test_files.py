"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from sheetformer.errors import FileError
from sheetformer.files import (
    METADATA_KEY,
    check_output,
    read_metadata,
    read_whole,
    remove_parts,
    replacing,
    write_whole,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and links of POSIX")


def test_a_file_appears_whole_in_a_folder_that_is_made(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "model.safetensors"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises(FileError, match=r"below cannot be written: "):
        write_whole(path / "below", b"")
    missing = tmp_path / "none" / "file"
    with pytest.raises(FileError, match=r"the folder .*none does not exist"), replacing(missing):
        pass


def _fail_half_way(path: Path) -> None:
    path.write_text("half")
    raise ZeroDivisionError


def test_a_failure_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        _fail_half_way(temporary)
    with pytest.raises(FileError, match="a word of its own"), replacing(path):
        raise FileError("a word of its own")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_file_keeps_its_mode_and_a_new_one_gets_the_users(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    mask = os.umask(0o027)
    try:
        write_whole(path, b"")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(mask)
    path.chmod(0o604)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@posix
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "file.txt", tmp_path / "link.txt"
    path.write_bytes(b"old")
    link.symlink_to(path)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_parts_of_killed_writers_go_and_other_files_stay(tmp_path: Path) -> None:
    path, other = tmp_path / "model[1]", tmp_path / ".another.x.part"
    other.write_bytes(b"")
    killed = (
        f"import os; from pathlib import Path; from sheetformer.files import replacing\n"
        f"with replacing(Path({str(path)!r})): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", killed], check=True)
    left = [each for each in tmp_path.iterdir() if each != other]
    assert len(left) == (1 if sys.platform != "win32" else len(left))
    with replacing(path) as temporary:
        assert not any(each.exists() for each in left)
        remove_parts(path)  # what somebody writes now stays
        temporary.write_bytes(b"anew")
    assert sorted(tmp_path.iterdir()) == [other, path]


def test_two_writers_at_once_each_write_their_own(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    with replacing(path) as first:
        with replacing(path) as second:
            assert first != second
            second.write_bytes(b"second")
        first.write_bytes(b"first")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def _device(_: Path) -> Path:
    return Path(os.devnull)


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _link_to_itself(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def _read_only(folder: Path) -> Path:
    (folder / "old").write_bytes(b"old")
    (folder / "old").chmod(0o444)
    return folder / "old"


def _link_to_a_device(folder: Path) -> Path:
    (folder / "link").symlink_to(os.devnull)
    return folder / "link"


@posix
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder, "is a folder"),
        (lambda _: Path(), "needs the name of a file"),
        (_device, "is no regular file"),
        (_pipe, "is no regular file"),
        (_link_to_itself, "leads back to itself"),
        (_link_to_a_device, "is no regular file"),
        (_read_only, "is read-only"),
        (lambda folder: folder / ("x" * 300), "File name too long"),
        (lambda folder: _read_only(folder) / "below", "is no folder|cannot be written"),
        (lambda folder: folder / "a\0b", "null"),
    ],
)
def test_what_must_not_be_replaced_is_refused(
    make: Callable[[Path], Path], message: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    before = sorted(each.lstat().st_ino for each in tmp_path.iterdir())
    for check in (check_output, lambda path: write_whole(path, b"new")):
        with pytest.raises(FileError, match=message):
            check(path)
    assert sorted(each.lstat().st_ino for each in tmp_path.iterdir()) == before
    assert not Path(os.devnull).is_file()


def test_a_long_name_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 120)
    write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_folder_that_is_still_to_be_made_is_no_problem_and_not_made(tmp_path: Path) -> None:
    check_output(tmp_path / "deep" / "file")
    assert not list(tmp_path.iterdir())


def test_a_full_folder_for_temporary_files_is_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def usage(folder: Path) -> Any:
        return shutil._ntuple_diskusage(0, 0, 10**9 if folder == tmp_path else 0)  # type: ignore[attr-defined]

    monkeypatch.setattr(shutil, "disk_usage", usage)
    elsewhere = Path(tempfile.gettempdir())
    message = f"because of {elsewhere}: No space left"
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(FileError, match=message), replacing(tmp_path / "file"):
        raise full


@posix
def test_what_never_ends_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 11)
    assert read_whole(tmp_path / "large", 11) == b"x" * 11
    for path, message in (
        (Path("/dev/zero"), "is no regular file"),
        (_pipe(tmp_path), "is no regular file"),
        (_link_to_itself(tmp_path), "Too many levels of symbolic links"),
        (tmp_path / "large", "is larger than"),
        (tmp_path, "is no regular file"),
        (tmp_path / "none", "No such file"),
    ):
        with pytest.raises(FileError, match=message):
            read_whole(path, 10)


def test_the_header_of_a_safetensors_file_is_read() -> None:
    content = save({"x": np.zeros(2)}, {METADATA_KEY: json.dumps({"words": ["é"]})})
    assert read_metadata(content) == {"words": ["é"]}
    with pytest.raises(KeyError):
        read_metadata(save({"x": np.zeros(2)}))
    with pytest.raises(ValueError, match=r"."):
        read_metadata(b"no such file")
