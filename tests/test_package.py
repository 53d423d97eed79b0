"""What is published holds the whole package, and nothing else."""

from __future__ import annotations

import tarfile
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

import pytest

import sheetformer

pytest.importorskip("hatchling", reason="hatchling builds the package: pip install '.[dev]'")

ROOT = Path(__file__).parents[1]
LARGEST = {"wheel": 2_500_000, "sdist": 8_000_000}
"""Bytes; docs/publishing.md says what they are now."""
KINDS = {".py", ".toml", ".md", ".safetensors", ".js", ".css", ".typed", ".txt"}
"""Program, texts, names, model cards, weights, the page, and the word that types are there."""
BESIDE = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(scope="module")
def sources() -> set[str]:
    """The files of the package, as they are named in its folder."""
    package = ROOT / "src" / "sheetformer"
    files = (path for path in package.rglob("*") if path.is_file())
    return {
        path.relative_to(package).as_posix() for path in files if path.parent.name != "__pycache__"
    }


def test_the_wheel_holds_the_package_and_nothing_else(sources: set[str], tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (path,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    file = Path(path)
    with zipfile.ZipFile(file) as wheel:
        names = {PurePosixPath(name) for name in wheel.namelist()}
    beside = f"sheetformer-{sheetformer.__version__}.dist-info"
    tops = Counter(name.parts[0] for name in names)
    assert set(tops) == {"sheetformer", beside}
    assert {str(name.relative_to(beside)) for name in names if name.parts[0] == beside} == BESIDE
    held = {name.relative_to("sheetformer") for name in names if name.parts[0] == "sheetformer"}
    assert {str(name) for name in held} == sources
    assert {name.suffix or name.name for name in held} == KINDS
    assert file.stat().st_size < LARGEST["wheel"]


def test_the_sdist_can_be_built_and_holds_no_leavings(sources: set[str], tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder

    (path,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    file = Path(path)
    with tarfile.open(file) as sdist:
        names = {PurePosixPath(name).relative_to(name.partition("/")[0])
                 for name in sdist.getnames()}  # fmt: skip
    held = {str(name) for name in names}
    assert {f"src/sheetformer/{name}" for name in sources} <= held
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"} <= held
    leavings = {"node_modules", "__pycache__", ".git", ".venv", "dist", "build", "attention.xlsx"}
    assert not [name for name in names if leavings & set(name.parts)]
    assert file.stat().st_size < LARGEST["sdist"]
