"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from sheetformer.errors import FileError
from sheetformer.files import METADATA_KEY, read_metadata, remove_parts, replacing, write_whole

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
    with pytest.raises(FileError, match="cannot be written: No such file"), replacing(missing):
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
    path, other = tmp_path / "model", tmp_path / ".another.x.part"
    other.write_bytes(b"")
    with replacing(path) as temporary:
        remove_parts(path)
        assert not temporary.exists()
        temporary.write_bytes(b"anew")
    assert sorted(tmp_path.iterdir()) == [other, path]


def test_the_header_of_a_safetensors_file_is_read() -> None:
    content = save({"x": np.zeros(2)}, {METADATA_KEY: json.dumps({"words": ["é"]})})
    assert read_metadata(content) == {"words": ["é"]}
    with pytest.raises(KeyError):
        read_metadata(save({"x": np.zeros(2)}))
    with pytest.raises(ValueError, match=r"."):
        read_metadata(b"no such file")
