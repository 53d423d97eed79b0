"""Commands where they cannot write, or not all, or not alone; and where nothing is as usual.

python -m tests.attack.places [--seconds 300]

A full disk is a small one of the memory, mounted in a namespace of this process, where that is
allowed; else only a limit on the size of files. A disk that is only read needs the same.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from typing import NoReturn

from .kills import COMMANDS, WORK, before, given, main_of_sheetformer, standing
from .report import options, section, seeds

NAMESPACE = 0x20000
"""CLONE_NEWNS: mounts of this process that nobody else sees."""
DISK = 4_000_000
ALONE = [name for name in COMMANDS if name != "itself.xlsx"]

Put = Callable[[], object]
"""What a child does to itself before it becomes the command."""


@dataclass
class Seen:
    """How often each was tried, how it ended, and what should not be."""

    tries: Counter[str] = field(default_factory=Counter[str])
    codes: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])

    def see(self, good: bool, what: str) -> None:
        """Count a mistake where something is not good."""
        if not good:
            self.problems.append(what)
            sys.stderr.write(what[:600] + "\n")


def run(words: list[str], folder: Path, put: Put) -> tuple[int, str]:
    """A command in a copy of this process: its exit code, and what it says on stderr."""
    child, said = begun(words, folder, put)
    text = b""
    while piece := os.read(said, 65_536):
        text += piece
    os.close(said)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text.decode(errors="replace")


def begun(words: list[str], folder: Path, put: Put) -> tuple[int, int]:
    """A command that runs: its process, and where its stderr is read."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _become(words, folder, put, writing)
    os.close(writing)
    return child, reading


def _become(words: list[str], folder: Path, put: Put, errors: int) -> NoReturn:
    code = 71
    try:
        os.chdir(folder)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(errors, 2)
        # They were opened on what stood there before, which may have been another kind of file.
        sys.stdout, sys.stderr = (open(at, "w", closefd=False) for at in (1, 2))  # noqa: SIM115
        put()
        main_of_sheetformer(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - nothing of it may reach the parent
        sys.stderr.write(f"Traceback: {error!r}\n")
    finally:
        with suppress(OSError):
            sys.stderr.flush()
        os._exit(code)


def ended_well(name: str, code: int, said: str, where: str, seen: Seen) -> None:
    """An exit code that means something, and at most one sentence."""
    seen.codes[str(code)] += 1
    seen.see(code in (0, 1, 2), f"{where}: exit code {code}: {said[-300:]}")
    seen.see("Traceback" not in said, f"{where}: a traceback: {said[-400:]}")
    seen.see("mistake in Sheetformer" not in said, f"{where}: {said}")
    if code == 2 and not name.startswith("graded"):
        one = said.startswith("Error: ") and said.count("\n") == 1
        seen.see(one, f"{where}: not one sentence: {said[-300:]}")


def whole(name: str, folder: Path, old: dict[str, bytes], good: dict[str, bytes], code: int,
          where: str, seen: Seen) -> None:  # fmt: skip
    """Every file is the old one or the new one; after success all are new."""
    there = standing(folder, name)
    if name == "graded" and code:  # a file without a grade has another line
        there = {}
    for each, content in there.items():
        seen.see(content in (old.get(each), good.get(each)), f"{where}: half a file, {each}")
    if code == 0:
        seen.see(there == good, f"{where}: success, but not what was to be written")
    left = [each.name for each in folder.rglob(".*")]
    seen.see(not left, f"{where}: left {left}")


# -- places ----------------------------------------------------------------------------------------


@contextmanager
def small_disk() -> Iterator[Path | None]:
    """A folder on a disk of its own that is soon full; None where it cannot be had."""
    libc = ctypes.CDLL(None, use_errno=True)
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    mounted = not libc.unshare(NAMESPACE) and all(
        subprocess.run(["mount", *words], capture_output=True).returncode == 0
        for words in (
            ["--make-rprivate", "/"],
            ["-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)],
        )
    )
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def fill(folder: Path, left: int) -> None:
    """Leave so many bytes of the disk."""
    free = shutil.disk_usage(folder).free
    with (folder / "filler").open("wb") as file:
        file.write(bytes(max(0, free - left)))


def full(folder: Path, known: dict[str, dict[str, bytes]], rng: Random, seen: Seen, seed: int,
         what: str) -> None:  # fmt: skip
    """A command whose disk, or whose folder for temporary files, or whose limit is too small."""
    name = rng.choice(list(known))
    good = known[name]
    old = before(folder, name, rng, good)
    size = rng.randrange(int(1.2 * sum(map(len, good.values()))))
    put: Put = lambda: None  # noqa: E731
    if what == "full disk":
        fill(folder, size)
    elif what == "limit":
        put = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
    where = f"{what}, seed {seed}, {name}, {size} bytes"
    code, said = run(COMMANDS[name], folder, put)
    (folder / "filler").unlink(missing_ok=True)
    seen.tries[what] += 1
    ended_well(name, code, said, where, seen)
    whole(name, folder, old, good, code, where, seen)


def locked(folder: Path, known: dict[str, dict[str, bytes]], rng: Random, seen: Seen,
           seed: int) -> None:  # fmt: skip
    """A command on a disk that nobody may write."""
    name = rng.choice(list(known))
    old = before(folder, name, rng, known[name])
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    code, said = run(COMMANDS[name], folder, lambda: None)
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
    seen.tries["read-only disk"] += 1
    where = f"read-only, seed {seed}, {name}"
    seen.see(code == 2, f"{where}: exit code {code}: {said}")
    ended_well(name, code, said, where, seen)
    seen.see(standing(folder, name) == old, f"{where}: something changed")


STRANGE = {
    "HOME": (None, "", "/nowhere", "/dev/null", "~", "\x1b[2J"),
    "TMPDIR": (None, "/nowhere", "/dev/null", "", "."),
    "LANG": (None, "C", "xx_YY.nothing", "\x1b[2J"),
    "LC_ALL": (None, "POSIX", "de_DE.ISO-8859-1"),
    "SHEETFORMER_LANG": (None, "", "xx", "pt", "../../etc/passwd", "\x1b]0;x\x07", "en" * 5000),
    "COLUMNS": (None, "0", "-5", "x", "1", "100000"),
    "LINES": (None, "0", "x"),
    "TERM": (None, "dumb", "nothing", ""),
    "PATH": (None, "", "/nowhere"),
    "PYTHONIOENCODING": (None, "ascii", "utf-16", "latin-1:strict"),
    "FORCE_COLOR": (None, "1"),
    "NO_COLOR": (None, "1"),
    "MPLBACKEND": (None, "nothing"),
    "OMP_NUM_THREADS": (None, "1", "-1"),
}


def strange(folder: Path, rng: Random, seen: Seen, seed: int) -> None:
    """A command in an environment in which some of what is usual is not there, or is nonsense."""
    settings = {name: rng.choice(STRANGE[name]) for name in rng.sample(list(STRANGE), 4)}
    env = {name: value for name, value in {**os.environ, **settings}.items() if value is not None}
    words = rng.choice(
        (["lesson", "softmax", "-o", "a.xlsx"], ["lessons"], ["verify", "training.xlsx"], ["words"],
         ["lesson", "scaling"], ["nothing"], ["step", "none.xlsx"], ["--help"])
    )  # fmt: skip
    command = [sys.executable, "-m", "sheetformer", *words]
    ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, timeout=300)
    said = ended.stderr.decode(errors="replace")
    where = f"environment, seed {seed}, {settings}, {words}"
    seen.tries["strange environment"] += 1
    ended_well("", ended.returncode, said, where, seen)
    seen.see("\x1b[2J" not in said and "\x07" not in said, f"{where}: it reached the terminal")


def together(folder: Path, rng: Random, seen: Seen, seed: int) -> None:
    """Several writers of one file at once, some killed: it is one of theirs, and whole."""
    target = folder / "shared.xlsx"
    languages = ("en", "pt", "es")
    made: list[bytes] = []
    for each in languages:
        words = ["lesson", "softmax", "--lang", each, "-o", target.name]
        code, said = run(words, folder, lambda: None)
        seen.see(code == 0, f"together, seed {seed}: exit code {code}: {said}")
        made.append(target.read_bytes() if code == 0 else b"")
    children = [
        begun(["lesson", "softmax", "--lang", each, "-o", target.name], folder, lambda: None)
        for each in (*languages, *languages)
    ]
    if rng.random() < 0.5:
        os.kill(rng.choice(children)[0], 9)
    for child, said in children:
        while os.read(said, 65_536):
            pass
        os.close(said)
        os.waitpid(child, 0)
        seen.see(target.read_bytes() in made, f"together, seed {seed}: half a file")
    run(["lesson", "softmax", "--lang", "en", "-o", target.name], folder, lambda: None)
    seen.see(target.read_bytes() == made[0], f"together, seed {seed}: another file")
    left = [each.name for each in folder.rglob(".*")]
    seen.see(not left, f"together, seed {seed}: left {left}")
    seen.tries["six writers of one file"] += 1


def learned(folder: Path, names: list[str]) -> dict[str, dict[str, bytes]]:
    """What each command writes where nothing is wrong."""
    given(folder)
    known: dict[str, dict[str, bytes]] = {}
    for name in names:
        before(folder, name, Random(0), {})
        run(COMMANDS[name], folder, lambda: None)
        known[name] = standing(folder, name)
    return known


def attacked(seconds: float, names: list[str]) -> Seen:
    """Try all of it for so long."""
    seen = Seen()
    with tempfile.TemporaryDirectory() as usual, small_disk() as small:
        folders = {"limit": Path(usual)} | ({"full disk": small} if small else {})
        known = {what: learned(folder, names) for what, folder in folders.items()}
        for seed in seeds(seconds):
            rng = Random(seed)
            what = rng.choice([*folders, *folders, "locked", "strange", "together"])
            if what in folders:
                full(folders[what], known[what], rng, seen, seed, what)
            elif what == "locked" and small:
                locked(small, known["full disk"], rng, seen, seed)
            elif what == "strange":
                strange(Path(usual), rng, seen, seed)
            elif what == "together":
                together(Path(usual), rng, seen, seed)
        if small:
            for each in small.iterdir():
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    return seen


def main() -> None:
    """Try it for so long, and say what came of it."""
    wanted = options(__doc__)
    for name in WORK:
        import_module(f"sheetformer.{name}")
    seen = attacked(wanted.seconds, ALONE)
    tries = ", ".join(f"{what} {count:,}" for what, count in sorted(seen.tries.items()))
    codes = ", ".join(f"{code}: {count:,}" for code, count in sorted(seen.codes.items()))
    with section("places", "Full disks, read-only ones, several writers", wanted) as lines:
        lines += [
            f"- {seen.tries.total():,} tries: {tries}",
            f"- exit codes: {codes}",
            f"- half-written files, parts that were left, tracebacks, success over something else: "
            f"{len(seen.problems)}",
        ]
    sys.exit(bool(seen.problems))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
