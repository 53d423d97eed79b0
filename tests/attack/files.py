"""Gives hostile workbooks to `verify`, `grade`, `check` and `step`; counts what must not happen.

    python -m tests.attack.files --count 2000 --jobs 2 --office 40

Every file is known by its number, and comes out the same again. Of each `--office` files one is
worked out by LibreOffice, the others by IronCalc. Exit code 1 where anything happened.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

import sheetformer as sf
from sheetformer.exercises.make import exercise

from ..listening import listening
from .report import put
from .workbooks import KINDS, make

LATE = 5.0
"""Seconds that a start and an end may take, besides the limit."""
WORKS = ("verify", "grade", "verify", "step", "verify", "check", "verify", "grade")
"""Who gets the files, each a few after one another."""
_CODES = {
    "verify": ("right", "off", "refused"),
    "grade": ("graded", "without a grade", "without a grade"),
    "step": ("stepped", "", "refused"),
    "check": ("right", "off", "refused"),
}
"""What exit codes mean."""


@dataclass
class Tally:
    """What happened to some files."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])
    seconds: list[float] = field(default_factory=list[float])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, verdict: str, seconds: float, wrong: list[str]) -> None:
        with self.lock:
            self.verdicts[verdict] += 1
            self.seconds.append(seconds)
            self.wrong += wrong


def honest(folder: Path) -> list[Path]:
    """The workbooks to begin with."""
    folder.mkdir(exist_ok=True)
    return [
        sf.trace(lambda x: sf.softmax(x @ x.T), [[1.0, 2.0], [3.0, 4.0]]).save(folder / "a.xlsx"),
        sf.lesson("dot-product").save(folder / "b.xlsx"),
        sf.lesson(source="I am happy", target="eu sou feliz", formulas="cell").save(
            folder / "c.xlsx"
        ),
    ]


def handed(folder: Path) -> dict[str, list[Path]]:
    """The workbooks for each work to begin with: an exercise is graded, a training steps."""
    books = honest(folder)
    made = exercise(sf.lesson("softmax"), ["shares"])
    made.key.save(folder / "key.xlsx")
    training = sf.lesson("training", steps=2).save(folder / "training.xlsx")
    return {"verify": books, "check": books, "step": [training],
            "grade": [made.book.save(folder / "homework.xlsx")]}  # fmt: skip


def _words(work: str, file: Path, key: Path, engine: str) -> list[str]:
    out = file.with_suffix("")
    return {
        "verify": ["verify", str(file), "--engine", engine],
        "step": ["step", str(file), "-o", f"{out}-out.xlsx"],
        "check": ["check", str(file), "softmax", "--input", "x=A1:B2", "--output", "D1:E2",
                  "--trials", "2", "--engine", engine],
        "grade": ["grade", str(file), "--key", str(key), "-o", f"{out}-out.csv", "--annotated",
                  f"{out}-out", "--engine", engine],
    }[work]  # fmt: skip


def attack(number: int, books: list[Path], port: int, folder: Path, engine: str,
           work: str = "verify") -> list[object]:  # fmt: skip
    """Give one file to a command: its verdict, its seconds, and what was wrong."""
    file = folder / f"{number}.xlsx"
    file.write_bytes(make(number, books, port))
    temporary = folder / f"{number}-temporary"
    temporary.mkdir()
    words = _words(work, file, books[0].with_name("key.xlsx"), engine)
    command = [sys.executable, "-m", "sheetformer", *words]
    limit = 10 + file.stat().st_size / 1e5 + (60 if engine == "libreoffice" else 0)
    # Who grades reads a file twice.
    limit = (2 if work == "grade" else 1) * limit + LATE
    # A busy machine lets everybody wait.
    limit *= max(1.0, min(10.0, 1.5 * os.getloadavg()[0] / (os.cpu_count() or 1)))
    begun = time.monotonic()
    marked = os.environ | {
        "TMPDIR": str(temporary),
        "SHEETFORMER_ATTACK": f"{os.getpid()}-{number}",
    }
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=marked)
    try:
        out, err = run.communicate(timeout=limit + 60)
    except subprocess.TimeoutExpired:
        run.kill()
        out, err = run.communicate()
    seconds = time.monotonic() - begun
    code = run.returncode
    wrong = [f"{number}: {what}" for what in _wrong(code, out, err, seconds, limit)]
    if code == 2 and work != "grade" and (len(err.splitlines()) != 1 or err[:7] != b"Error: "):
        wrong.append(f"{number}: not one sentence: {(out + err)[-300:]!r}")
    wrong += [f"{number}: left {left}" for left in _left(marked["SHEETFORMER_ATTACK"], temporary)]
    if not wrong:
        file.unlink()
        for each in folder.glob(f"{number}-out*"):
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    verdict = _CODES[work][code] if code in (0, 1, 2) else f"code {code}"
    return [verdict, seconds, wrong]


def _wrong(code: int, out: bytes, err: bytes, seconds: float, limit: float) -> Iterator[str]:
    said = (out + err).decode(errors="replace")
    if code not in (0, 1, 2):
        yield f"exit code {code}"
    if "Traceback" in said or "panicked" in said:
        yield f"a raw error: {said[-300:]}"
    if "mistake in Sheetformer" in said:
        yield f"an error that nobody foresaw: {said[-300:]}"
    if seconds > limit:
        yield f"{seconds:.1f} s"
    if any(ord(letter) < 32 and letter not in "\n\t" for letter in said):
        yield "control characters"


def _left(mark: str, temporary: Path) -> Iterator[str]:
    """Processes and files that are still there some seconds later."""
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        processes = [process for process in psutil.process_iter() if _is_marked(process, mark)]
        files = list(temporary.iterdir())
        if not processes and not files:
            temporary.rmdir()
            return
        time.sleep(0.05)
    yield from (f"process {' '.join(process.cmdline())[:80]}" for process in processes)
    yield from (f"file {file.name}" for file in files)


def _is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get("SHEETFORMER_ATTACK") == mark
    except (psutil.Error, OSError):
        return False


def run(
    numbers: range, jobs: int, office: int, folder: Path, minutes: float = 1e9
) -> tuple[Tally, int]:
    """Give files to `verify`, several at a time: what happened, and how many requests came."""
    tally = Tally()
    begun = time.monotonic()
    books = handed(folder / "honest")
    with listening() as (port, heard), ThreadPoolExecutor(jobs) as pool:

        def one(number: int) -> None:
            if time.monotonic() - begun > 60 * minutes:
                return
            engine = "libreoffice" if office and number % office == office - 1 else "ironcalc"
            work = WORKS[number // len(KINDS) % len(WORKS)]
            found = attack(number, books[work], port, folder, engine, work)
            tally.add(f"{work}: {found[0]}", *found[1:])  # type: ignore[arg-type]
            if tally.verdicts.total() % 100 == 0:
                sys.stderr.write(f"{tally.verdicts.total()} {dict(tally.verdicts)}\n")

        list(pool.map(one, numbers))
        time.sleep(1)
        return tally, len(heard)


def _figures(tally: Tally, requests: int, minutes: float) -> list[str]:
    """A table of what happened."""
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    rows = {
        f"hostile files, of {len(set(KINDS))} kinds": tally.verdicts.total(),
        **dict(sorted(tally.verdicts.items())),
        "tracebacks, other exit codes, late, left behind": len(tally.wrong),
        "requests": requests,
        "longest, in seconds": round(max(tally.seconds, default=0), 1),
        "largest process, in MB": round(largest),
        "minutes in all": round(minutes, 1),
    }
    return ["| what | how many |", "|---|---|", *(f"| {a} | {b:,} |" for a, b in rows.items())]


def main() -> int:
    parser = argparse.ArgumentParser(description="Hostile workbooks against sheetformer verify")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--office", type=int, default=41, help="one of so many by LibreOffice")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    parser.add_argument("--write", action="store_true", help="put the figures into the page")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    begun = time.monotonic()
    numbers = range(options.first, options.first + options.count)
    tally, requests = run(numbers, options.jobs, options.office, folder, options.minutes)
    lines = _figures(tally, requests, (time.monotonic() - begun) / 60)
    sys.stdout.write("\n".join([*lines, *tally.wrong, ""]))
    if options.write:
        put("files", "\n".join([*lines, ""]))
    if not tally.wrong:
        for book in (folder / "honest").iterdir():
            book.unlink()
        (folder / "honest").rmdir()
        folder.rmdir()
    return int(bool(tally.wrong or requests))


if __name__ == "__main__":
    sys.exit(main())
