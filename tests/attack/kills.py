"""Commands that are killed at any moment: what stands there is the old file or the new one, whole.

python -m tests.attack.kills [--seconds 300]
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from typing import NoReturn

from sheetformer.cli import main as main_of_sheetformer

from .report import options, section, seeds

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
COMMANDS: dict[str, list[str]] = {
    "lesson.xlsx": ["lesson", "softmax", "-o"],
    "lesson.html": ["lesson", "cross-attention", "-o"],
    "lesson.txt": ["lesson", "self-attention", "-o"],
    "alignments.tsv": ["align", "pairs.tsv", "-o"],
}
TRAINING = ["train", "translator", "--data", "pairs.tsv", "--cpu", "--epochs", "6", "--batch", "64",
            "-o", "model.safetensors"]  # fmt: skip

WORK = (
    "lessons.softmax", "lessons.cross_attention", "lessons.self_attention", "models.align",
    "writers.page", "writers.formats.xlsx", "writers.formats.html", "writers.formats.txt",
)  # fmt: skip
"""What the commands import: it is theirs before they are copied, and killed."""


@dataclass
class Killed:
    """How often something was killed, and what it left."""

    counts: Counter[str] = field(default_factory=Counter[str])
    problems: list[str] = field(default_factory=list[str])

    def see(self, good: bool, what: str) -> None:
        """Count a mistake where something is not good."""
        if not good:
            self.problems.append(what)
            sys.stderr.write(what + "\n")


def pairs(path: Path, number: int = 400) -> None:
    """A corpus of the phrase grammar."""
    from sheetformer.corpus.grammar import pairs as drawn

    path.write_text(
        "".join(f"{' '.join(p.source)}\t{' '.join(p.target)}\n" for p in drawn(number)),
        encoding="utf-8",
    )


def run(words: list[str], folder: Path, until: float | None = None, by: int = 0) -> float:
    """Run a command, or kill it after so many seconds; gives how long it ran.

    It is a copy of this process, which has imported all that it needs: so it is hit at its work.
    """
    start = time.monotonic()
    child = os.fork()
    if not child:
        _become(words, folder)
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if until is not None and time.monotonic() - start > until:
            os.kill(child, by)
            # What ends in order, after Ctrl-C, takes its time.
            os.waitpid(child, 0)
            break
        time.sleep(0.001)
    return time.monotonic() - start


def _become(words: list[str], folder: Path) -> NoReturn:
    """Be the command line from here on."""
    code = 70
    try:
        os.chdir(folder)
        for number in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        main_of_sheetformer(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)


def kill_writers(folder: Path, seconds: float, found: Killed) -> None:
    """Kill each command at random moments, most of them at its end, where it writes."""
    known: dict[str, tuple[bytes, float]] = {}
    for name, words in COMMANDS.items():
        took = run([*words, name], folder)
        known[name] = ((folder / name).read_bytes(), took)
    for seed in seeds(seconds):
        rng = Random(seed)
        name = rng.choice(list(COMMANDS))
        good, took = known[name]
        old = rng.choice((None, b"old"))
        (folder / name).unlink(missing_ok=True)
        if old is not None:
            (folder / name).write_bytes(old)
        run([*COMMANDS[name], name], folder, took * rng.uniform(0.4, 1.1), rng.choice(SIGNALS))
        found.counts["writers"] += 1
        there = (folder / name).read_bytes() if (folder / name).exists() else None
        found.see(there in (old, good), f"seed {seed}: half a file stands as {name}")
    for name, words in COMMANDS.items():
        run([*words, name], folder)
        found.see((folder / name).read_bytes() == known[name][0], f"{name} is another one now")
    left = [each.name for each in folder.iterdir() if each.name.startswith(".")]
    found.see(not left, f"left beside the files: {left}")


def kill_trainings(folder: Path, seconds: float, found: Killed) -> None:
    """Kill a training again and again until it is through: it is the one that nobody killed."""
    took = run(TRAINING, folder)
    output, beside = folder / "model.safetensors", folder / "model-training"
    good = output.read_bytes()
    for seed in seeds(seconds):
        rng = Random(seed)
        output.unlink(missing_ok=True)
        shutil.rmtree(beside, ignore_errors=True)
        for _ in range(3):
            run(TRAINING, folder, took * rng.uniform(0.3, 1.0), rng.choice(SIGNALS))
            found.counts["trainings"] += 1
            found.see(
                not output.exists() or output.read_bytes() == good, f"seed {seed}: a half model"
            )
        run(TRAINING, folder)
        found.see(output.read_bytes() == good, f"seed {seed}: another model")
        left = [each.name for each in (*folder.iterdir(), *beside.iterdir()) if each.name[0] == "."]
        found.see(not left, f"seed {seed}: left beside the files: {left}")


def main() -> None:
    """Kill for so long, two thirds of it writers."""

    wanted = options(__doc__, seconds=600)
    found = Killed()
    for name in WORK:
        import_module(f"sheetformer.{name}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs(folder / "pairs.tsv")
        kill_writers(folder, wanted.seconds * 2 / 3, found)
        if wanted.seconds >= 30:
            import_module("sheetformer.models.train.train")
            kill_trainings(folder, wanted.seconds / 3, found)
    with section("kills", "Killed at any moment", wanted) as lines:
        lines += [
            f"- {found.counts['writers']:,} kills of commands that write .xlsx, .html, .txt and "
            f"alignments, {found.counts['trainings']:,} of trainings; "
            f"{', '.join(each.name for each in SIGNALS)}",
            f"- half-written files, models that are not the one that nobody killed, and parts that "
            f"were left: {len(found.problems)}",
        ]
    sys.exit(bool(found.problems))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
