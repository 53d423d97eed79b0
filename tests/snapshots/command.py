"""The commands of `tests/snapshot.py`: write, compare, check."""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import sheetformer as sf

from .books import facts
from .differences import differences, fingerprint

KEPT = Path(__file__).parents[1] / "snapshot.json"
SUFFIXES = (".xlsx", ".html", ".txt")
GROUPS = {
    "lesson/": ("books", "lessons"),
    "translate/": ("books", "translations"),
    "attention/": ("books", "maps"),
    "trace/": ("traces", "traces"),
    "record/": ("recordings", "recordings"),
    "command/": ("texts", "commands"),
    "message/": ("texts", "messages"),
}
"""Prefix → the module here and its function that gives the outputs, imported when wanted."""

Hashes = dict[str, str]


def outputs(only: Sequence[str] = ()) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The wanted outputs: the name without suffix, and what makes it."""
    for prefix, (module, function) in GROUPS.items():
        if only and not any(prefix.startswith(p) or p.startswith(prefix) for p in only):
            continue
        for told, make in getattr(import_module(f".{module}", __package__), function)():
            name = prefix + re.sub(r"[^\w.-]+", "-", told).strip("-")
            if _wanted(name, only):
                yield name, make


def _wanted(name: str, only: Sequence[str]) -> bool:
    return not only or name.startswith(tuple(only))


def write(folder: Path, only: Sequence[str] = ()) -> Hashes:
    """Write the outputs and their hashes; say how many there are of each group, and how long."""
    hashes: Hashes = {}
    count: Counter[str] = Counter()
    began = time.perf_counter()
    group = ""
    for name, make in outputs(only):
        if group and not name.startswith(group):
            began = _tell(group, count[group], began)
        group = name.partition("/")[0] + "/"
        for path in save(folder / name, make):
            key = path.relative_to(folder).as_posix()
            if key in hashes:
                raise RuntimeError(f"two outputs are called {key}")
            hashes[key] = fingerprint(path)
            count[group] += 1
    _tell(group, count[group], began)
    folder.mkdir(parents=True, exist_ok=True)
    told = json.dumps(hashes, indent=0, sort_keys=True) + "\n"
    (folder / "hashes.json").write_text(told, encoding="utf-8")
    failed = [name for name in hashes if name.endswith(".error")]
    print(f"{len(hashes)} files in {folder}", *(f"failed: {name}" for name in failed), sep="\n")
    return hashes


def _tell(group: str, count: int, began: float) -> float:
    now = time.perf_counter()
    print(f"{group} {count} files, {now - began:.1f} s", flush=True)
    return now


def save(stem: Path, make: Callable[[], Any]) -> list[Path]:
    """The files of one output; of one that fails a file that says how.

    Args:
        stem: the path without suffix.
        make: gives a text, or something with a `save`, such as a book.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = make()
        if isinstance(made, str):
            return [_text(stem, ".txt", made)]
        paths = [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]
        for path in paths:
            made.save(path)
        told = [facts(made)] if isinstance(made, sf.Book) else []
        return [*paths, *(_text(stem, ".facts.txt", text) for text in told)]
    except Exception as error:  # noqa: BLE001
        return [_text(stem, ".error", f"{type(error).__name__}: {error}\n")]


def _text(stem: Path, suffix: str, text: str) -> Path:
    path = stem.with_name(stem.name + suffix)
    path.write_text(text, encoding="utf-8")
    return path


def compare(one: Path, other: Path, only: Sequence[str] = ()) -> int:
    """Print what differs between two folders, or files of hashes; gives how many files do."""
    left, right = hashes_of(one, only), hashes_of(other, only)
    names = sorted({*left, *right})
    off = [name for name in names if left.get(name) != right.get(name)]
    for name in off:
        if name not in left or name not in right:
            print(f"{'new' if name in right else 'missing'}: {name}")
            continue
        print(f"differs: {name}")
        if one.is_dir() and other.is_dir():
            for line in differences(one / name, other / name):
                print(f"    {line}")
    print(f"{len(off)} of {len(names)} files differ" if names else "there is nothing to compare")
    return len(off) if names else 1


def hashes_of(path: Path, only: Sequence[str] = ()) -> Hashes:
    """The kept hashes of the wanted outputs: of a folder, or a file of them."""
    file = path / "hashes.json" if path.is_dir() else path
    found: Hashes = json.loads(file.read_text(encoding="utf-8"))
    return {name: found[name] for name in found if _wanted(name, only)}


def main(told: str, arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    given = _parser(told).parse_args(arguments)
    if given.command == "write":
        return int(any(name.endswith(".error") for name in write(given.folder, given.only)))
    if given.command == "compare":
        return int(compare(given.one, given.other, given.only) > 0)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), given.only)
        return int(compare(KEPT, Path(folder), given.only) > 0)


def _parser(told: str) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--only", action="append", default=[], metavar="PREFIX")
    parser = argparse.ArgumentParser(
        description=told, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", parents=[shared]).add_argument("folder", type=Path)
    two = commands.add_parser("compare", parents=[shared])
    two.add_argument("one", type=Path)
    two.add_argument("other", type=Path)
    commands.add_parser("check", parents=[shared])
    return parser
