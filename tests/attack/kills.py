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
from sheetformer.exercises.make import exercise
from sheetformer.lessons import lesson

from .report import options, section, seeds

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
COMMANDS: dict[str, list[str]] = {
    "lesson.xlsx": ["lesson", "softmax", "-o", "lesson.xlsx"],
    "lesson.html": ["lesson", "cross-attention", "-o", "lesson.html"],
    "lesson.txt": ["lesson", "self-attention", "-o", "lesson.txt"],
    "lesson.svg": ["lesson", "cross-attention", "-o", "lesson.svg"],
    "lesson.png": ["lesson", "cross-attention", "-o", "lesson.png"],
    "alignments.tsv": ["align", "pairs.tsv", "-o", "alignments.tsv"],
    "stepped.xlsx": ["step", "training.xlsx", "-n", "3", "-o", "stepped.xlsx"],
    "itself.xlsx": ["step", "itself.xlsx", "-n", "3"],
    "exercise": [
        "exercise",
        "softmax",
        "-b",
        "shares",
        "-o",
        "exercise/a.xlsx",
        "--key",
        "exercise/key.xlsx",
        "--paper",
        "exercise/paper.html",
    ],
    "graded": [
        "grade",
        "handed",
        "--key",
        "key.xlsx",
        "-o",
        "graded/grades.csv",
        "--canvas",
        "graded/canvas.csv",
        "--pages",
        "graded/pages",
        "--annotated",
        "graded/marked",
        "--jobs",
        "1",
    ],
    "site": ["site", "site", "--only", "softmax"],
}
"""Each under the name of the file or folder that it writes."""
LONG = ("site", "graded")
"""What takes some seconds, and is killed less often."""
QUICK = ("lesson.xlsx", "alignments.tsv", "itself.xlsx", "exercise")
"""For a short look."""
TRAINING = ["train", "translator", "--data", "pairs.tsv", "--cpu", "--epochs", "6", "--batch", "64",
            "-o", "model.safetensors"]  # fmt: skip

WORK = (
    "lessons.softmax", "lessons.training", "lessons.cross_attention",
    "lessons.self_attention", "models.align", "writers.page", "writers.formats.xlsx",
    "writers.formats.html", "writers.formats.txt", "writers.formats.svg", "writers.formats.png",
    "edits.steps", "edits.saved", "exercises.make", "exercises.grading", "exercises.annotated",
    "exercises.paper", "server.site",
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


def given(folder: Path) -> None:
    """What the commands read: pairs, a book that goes on, an exercise with two solutions."""
    pairs(folder / "pairs.tsv")
    lesson("training", steps=2).save(folder / "training.xlsx")
    made = exercise(lesson("softmax"), ["shares"])
    made.key.save(folder / "key.xlsx")
    for name in ("handed", "exercise", "graded"):
        (folder / name).mkdir()
    for student in ("ana", "rui"):
        made.book.save(folder / "handed" / f"{student}.xlsx")


def standing(folder: Path, name: str) -> dict[str, bytes]:
    """The files of an output: a file, or all in a folder; not what a run that goes on needs."""
    path = folder / name
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {str(each.relative_to(folder)): each.read_bytes() for each in files
            if each.suffix not in (".part", ".jsonl")}  # fmt: skip


def before(folder: Path, name: str, rng: Random, good: dict[str, bytes]) -> dict[str, bytes]:
    """Put there what a command finds: nothing, or other files of the same names."""
    path = folder / name
    if name == "itself.xlsx":
        shutil.copyfile(folder / "training.xlsx", path)
    elif path.is_dir():
        shutil.rmtree(path)
        path.mkdir()
    else:
        path.unlink(missing_ok=True)
    if name != "itself.xlsx" and rng.random() < 0.5:
        for each in good:
            (folder / each).parent.mkdir(parents=True, exist_ok=True)
            (folder / each).write_bytes(b"old")
    return standing(folder, name)


def kill_writers(folder: Path, seconds: float, found: Killed) -> None:
    """Kill each command at random moments, most of them at its end, where it writes."""
    known: dict[str, tuple[dict[str, bytes], float]] = {}
    given(folder)
    begun = time.monotonic()
    commands = COMMANDS if seconds > 30 else {name: COMMANDS[name] for name in QUICK}
    for name, words in commands.items():
        before(folder, name, Random(0), {})
        took = run(words, folder)
        known[name] = (standing(folder, name), took)
        found.see(bool(known[name][0]), f"{name}: nothing was written")
    often = [name for name in commands if name not in LONG] * 2 + list(commands)
    for seed in seeds(max(seconds - (time.monotonic() - begun), seconds / 2)):
        rng = Random(seed)
        name = rng.choice(often)
        good, took = known[name]
        old = before(folder, name, rng, good)
        run(COMMANDS[name], folder, took * rng.uniform(0.4, 1.1), rng.choice(SIGNALS))
        found.counts[name] += 1
        for each, content in standing(folder, name).items():
            whole = content in (old.get(each), good.get(each))
            found.see(whole, f"seed {seed}: half a file stands as {each}")
    for name, words in commands.items():
        if name == "itself.xlsx":
            before(folder, name, Random(0), {})
        # On a busy machine a file may get no grade at first.
        for _ in range(3):
            run(words, folder)
            if standing(folder, name) == known[name][0]:
                break
        found.see(standing(folder, name) == known[name][0], f"{name} is another one now")
    left = [str(each) for each in folder.rglob(".*")]
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
        kill_writers(folder, wanted.seconds * 2 / 3, found)
        if wanted.seconds >= 30:
            import_module("sheetformer.models.train.train")
            kill_trainings(folder, wanted.seconds / 3, found)
    with section("kills", "Killed at any moment", wanted) as lines:
        trainings = found.counts.pop("trainings", 0)
        each = ", ".join(f"{name} {count}" for name, count in sorted(found.counts.items()))
        lines += [
            f"- {found.counts.total():,} kills of commands that write, by what they write: {each}",
            f"- {trainings:,} of trainings; {', '.join(each.name for each in SIGNALS)}",
            f"- half-written files, models that are not the one that nobody killed, and parts that "
            f"were left: {len(found.problems)}",
        ]
    sys.exit(bool(found.problems))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
