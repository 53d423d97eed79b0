"""Every output of the product as files, so that a large rebuild can be proven to change nothing.

    python tests/snapshot.py write FOLDER             write all files, and FOLDER/hashes.json
    python tests/snapshot.py compare FOLDER_A FOLDER_B    say what differs; exit code 1 if anything
    python tests/snapshot.py check                    write anew, compare with tests/snapshot.json

With `--only lesson/ --only trace/grad` just the outputs of these names are written or compared; the
groups are lesson/, translate/, attention/, trace/ and record/. Which package is looked at says
PYTHONPATH. A case that fails becomes a file NAME.error that says so.

The numbers in the files have 17 digits, so hashes agree only on machines whose NumPy and PyTorch
round alike: `check` is for one machine (and its libraries), before and after a change. To take the
outputs of a change that is meant into tests/snapshot.json: write a folder and copy its hashes.json.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

# One thread adds up in one order; more would win nothing with numbers as few as these.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
HERE = Path(__file__).resolve().parent
sys.path[0] = str(HERE.parent)

from tests.snapshots.differences import differences, fingerprint  # noqa: E402

KEPT = HERE / "snapshot.json"
SUFFIXES = (".xlsx", ".html", ".txt")
Hashes = dict[str, str]


def groups() -> dict[str, Callable[[], Any]]:
    """Prefix → what gives its outputs; a group is imported when it is wanted."""
    from tests.snapshots import books

    def traces() -> Any:
        from tests.snapshots.traces import traces

        return traces()

    def recordings() -> Any:
        from tests.frontends.recordings import recordings

        return recordings()

    return {
        "lesson/": books.lessons,
        "translate/": books.translations,
        "attention/": books.maps,
        "trace/": traces,
        "record/": recordings,
    }


def wanted(name: str, only: Sequence[str]) -> bool:
    """Whether a name, or the name of a group, may begin like one of the prefixes."""
    return not only or any(name.startswith(p) or p.startswith(name) for p in only)


def outputs(only: Sequence[str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The wanted outputs: name without suffix, and what makes it."""
    for prefix, named in groups().items():
        if not wanted(prefix, only):
            continue
        for told, make in named():
            name = prefix + re.sub(r"[^\w.-]+", "-", told).strip("-")
            if not only or any(name.startswith(p) for p in only):
                yield name, make


def write(folder: Path, only: Sequence[str] = ()) -> Hashes:
    """Write the outputs and their hashes; says how many there are of each group, and how long."""
    hashes: Hashes = {}
    count: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for name, make in outputs(only):
        began = time.perf_counter()
        for path in saved(folder / name, make):
            key = path.relative_to(folder).as_posix()
            if key in hashes:
                raise RuntimeError(f"two outputs are called {key}")
            hashes[key] = fingerprint(path)
            count[name.partition("/")[0]] += 1
        seconds[name.partition("/")[0]] += time.perf_counter() - began
    folder.mkdir(parents=True, exist_ok=True)
    write_hashes(folder / "hashes.json", hashes)
    for group in count:
        print(f"{group}: {count[group]} files, {seconds[group]:.1f} s")
    failed = [name for name in hashes if name.endswith(".error")]
    print(f"{len(hashes)} files in {folder}" + "".join(f"\nfailed: {name}" for name in failed))
    return hashes


def saved(stem: Path, make: Callable[[], Any]) -> list[Path]:
    """The files of one output; of one that fails a file that says how."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    paths = [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]
    try:
        book = make()
        for path in paths:
            book.save(path)
    except Exception as error:  # noqa: BLE001
        path = stem.with_name(stem.name + ".error")
        path.write_text(f"{type(error).__name__}: {error}\n", encoding="utf-8")
        return [path]
    return paths


def write_hashes(path: Path, hashes: Hashes) -> None:
    path.write_text(json.dumps(hashes, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def read_hashes(path: Path, only: Sequence[str]) -> Hashes:
    """The hashes of a folder's files, or those of one file, of the wanted outputs."""
    file = path / "hashes.json" if path.is_dir() else path
    found: Hashes = json.loads(file.read_text(encoding="utf-8"))
    return {key: value for key, value in found.items() if not only or key.startswith(tuple(only))}


def compare(one: Path, other: Path, only: Sequence[str] = ()) -> int:
    """Print what differs between two folders (or files of hashes); gives how many files do."""
    left, right = read_hashes(one, only), read_hashes(other, only)
    off = [name for name in sorted({*left, *right}) if left.get(name) != right.get(name)]
    for name in off:
        if name not in left or name not in right:
            print(f"{'new' if name in right else 'missing'}: {name}")
            continue
        print(f"differs: {name}")
        if one.is_dir() and other.is_dir():
            print("".join(f"    {line}\n" for line in differences(one / name, other / name)), end="")
    print(f"{len(off)} of {len({*left, *right})} files differ")
    return len(off)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--only", action="append", default=[], metavar="PREFIX")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", parents=[shared]).add_argument("folder", type=Path)
    two = commands.add_parser("compare", parents=[shared])
    two.add_argument("one", type=Path)
    two.add_argument("other", type=Path)
    commands.add_parser("check", parents=[shared])
    given = parser.parse_args()
    if given.command == "write":
        return int(any(name.endswith(".error") for name in write(given.folder, given.only)))
    if given.command == "compare":
        return int(compare(given.one, given.other, given.only) > 0)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), given.only)
        return int(compare(KEPT, Path(folder), given.only) > 0)


if __name__ == "__main__":
    sys.exit(main())
