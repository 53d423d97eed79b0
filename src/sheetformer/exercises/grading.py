"""`grade`: a folder of files held against a key, each in a process of its own, several at once."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sheetformer.child import ChildError, TooLargeError, TooSlowError
from sheetformer.confined import BrokenError, Confined
from sheetformer.engines import get_engine
from sheetformer.errors import SheetformerError, place_of
from sheetformer.exercises.folder import digest, find_files, refuse_unreadable, same_files
from sheetformer.exercises.journal import Journal
from sheetformer.exercises.judged import Grade, judged
from sheetformer.exercises.key import Key, Student, read_key
from sheetformer.exercises.plan import Plan, make_plan
from sheetformer.exercises.submitters import submitter
from sheetformer.processes import Limits

_ANSWER = "sheetformer.exercises.submission:answer"
LIMITS = Limits(10.0, 10, 512 << 20, 20_000_000)
"""What a file may take: seconds by the clock and of the processor, bytes of memory and answer."""


@dataclass(frozen=True)
class Grades:
    """The grades of a folder.

    Attributes:
        title: of the exercise.
        language: of its texts.
        blocks: the names of the blanks.
        grades: one a file, in the order of their names.
        notes: what a teacher should know of all of them, a sentence each.
    """

    title: str
    language: str
    blocks: tuple[str, ...]
    grades: tuple[Grade, ...]
    notes: tuple[str, ...] = ()

    @property
    def mean(self) -> float | None:
        """The mean of all files that have a grade."""
        known = [grade.points for grade in self.grades if grade.points is not None]
        return round(sum(known) / len(known), 2) if known else None

    @property
    def problems(self) -> list[Grade]:
        """The files without a grade."""
        return [grade for grade in self.grades if grade.points is None]

    def verdicts(self, block: str) -> Counter[str]:
        """How many files have which verdict in a block."""
        return Counter(b.verdict for g in self.grades for b in g.blanks if b.block == block)

    def mistakes(self, block: str) -> Counter[str]:
        """How many files have which mistake in a block."""
        return Counter(
            b.mistake for g in self.grades for b in g.blanks if b.block == block and b.mistake
        )


def grade(
    submissions: str | Path | Sequence[str | Path],
    key: str | Path,
    *,
    engine: str = "ironcalc",
    jobs: int | None = None,
    known: str | Path | None = None,
    progress: Callable[[int, int], object] | None = None,
    scheduler: str | None = None,
) -> Grades:
    """Grade the files of an exercise against its key.

    For each blank: is the value right, and does the formula follow its inputs when these are
    changed and a spreadsheet engine works it out? What is right from the student's own earlier
    numbers counts; a typed number counts half. Where a known slip explains what is wrong, it is
    named. Each file is read in a process of its own with limits (10 s, 512 MB).

    Args:
        submissions: a folder (with the folders in it), a file, or several.
        key: what `exercise` wrote as the key.
        engine: "ironcalc" or "libreoffice".
        jobs: how many files at once; as many as there are processors otherwise.
        known: a file where grades are kept as they come: files that were graded with this key
            before, and have not changed, are not read again; those without a grade are.
        progress: called with how many are done, and how many there are.
        scheduler: the address of a Dask cluster whose workers grade, such as tcp://10.0.0.5:8786.

    Raises:
        FileError: there is no such folder, no file in it, or the key is none.
        SheetformerError: no cluster answers at that address.
    """
    files = list(find_files(submissions))
    plan = make_plan(read_key(key))
    name = get_engine(engine).name
    kept = hashlib.sha256(Path(key).read_bytes() + name.encode()).hexdigest()[:16]
    journal = Journal(Path(known) if known else None, kept)
    root = _root(submissions)
    shown = [str(file.relative_to(root)) if root else file.name for file in files]
    digests = [digest(file) for file in files]
    found: list[Grade] = []
    with _graders(scheduler, plan, name, jobs) as (work, at_once):

        def one(file: Path, name: str, content: str) -> Grade:
            if before := journal.known(name, content):
                return before
            done = work(file, name)
            if not done.problem:  # a machine that was busy may be so no more
                journal.add(content, done)
            return done

        with ThreadPoolExecutor(at_once) as pool:
            for done in pool.map(one, files, shown, digests):
                found.append(done)
                if progress:
                    progress(len(found), len(files))
    same = same_files(zip(shown, digests, strict=True))
    blocks = tuple(blank.block for blank in plan.key.blanks)
    title = plan.key.manifest.title
    notes = tuple(
        f"how {block!r} was computed cannot be judged: no input changes it" for block in plan.still
    )
    grades = tuple(_duplicates(plan.key, found, same))
    return Grades(title, plan.key.language, blocks, grades, notes)


@contextmanager
def _graders(
    scheduler: str | None, plan: Plan, engine: str, jobs: int | None
) -> Generator[tuple[Callable[[Path, str], Grade], int]]:
    """What grades a file, and how many files at once: here, or on a cluster."""
    if scheduler is None:
        yield (
            (lambda file, shown: grade_file(plan, file, shown, engine)),
            jobs or os.cpu_count() or 1,
        )
        return
    from sheetformer.exercises.cluster import on_cluster

    with on_cluster(scheduler, plan, engine, grade_file) as (work, threads):
        yield work, jobs or threads


def _root(submissions: str | Path | Sequence[str | Path]) -> Path | None:
    single = isinstance(submissions, str | Path)
    return Path(submissions) if single and Path(submissions).is_dir() else None


def grade_file(plan: Plan, file: Path, shown: str, engine: str) -> Grade:
    """The grade of one file; whatever is wrong with it is said in its line."""
    who = submitter(shown)
    try:
        answer = _answer(plan, file, engine)
        student, notes = _whose(plan.key, answer["codes"], shown)
        notes += _whose_numbers(plan, answer)
        return Grade(shown, student or who.name, judged(plan, answer), (*answer["notes"], *notes))
    except SheetformerError as error:
        return Grade(shown, who.name, problem=why_not(error, file))
    except OSError as error:
        return Grade(shown, who.name, problem=f"it cannot be read: {error.strerror or error}")
    except Exception as error:  # noqa: BLE001 (whatever it is, the others are graded)
        said = f"this is a mistake in Sheetformer, not yours ({place_of(error)})"
        return Grade(shown, who.name, problem=said)


def _answer(plan: Plan, file: Path, engine: str) -> Mapping[str, Any]:
    refuse_unreadable(file)
    limits = replace(LIMITS, seconds=70.0, memory=None) if engine == "libreoffice" else LIMITS
    with Confined(_ANSWER, "grading it", limits) as child:
        return child.call(path=str(file), engine=engine, **plan.request)


def why_not(error: SheetformerError, file: Path) -> str:
    """Why a file has no grade, without the folder where it lies."""
    if isinstance(error, TooSlowError):
        return "its formulas take more than 10 seconds"
    if isinstance(error, TooLargeError):
        return "it needs more than 512 MB of memory"
    if isinstance(error, BrokenError) or type(error) is ChildError:
        return "it is damaged: the engine broke down on it"
    return str(error).replace(str(file), file.name)


def _whose(key: Key, codes: Iterable[str], shown: str) -> tuple[str, list[str]]:
    """Whose file it is by the code in it, and what to say when that is odd."""
    students = [student for code in codes if (student := key.student(code))]
    named = [one for one in key.students if one.name]
    if not students:
        return "", ["it does not say which exercise it is: the code on its first sheet is missing"]
    if len(students) > 1:
        names = " and ".join(sorted(one.name for one in students))
        return "", [f"it holds the codes of several students: {names}"]
    owner = students[0]
    others = [one for one in named if one != owner and _names(shown, one)]
    if others and not _names(shown, owner):
        return others[0].name, [f"it is the file of another student: {owner.name}"]
    return owner.name, []


def _whose_numbers(plan: Plan, answer: Mapping[str, Any]) -> list[str]:
    """What to say where a file has the code of one student, and not the numbers that go with it."""
    coded = [one for code in answer["codes"] if (one := plan.key.student(code)) and one.name]
    sources = plan.sources_of(answer["sources"])
    if len(coded) != 1 or plan.has_inputs_of(coded[0], sources):
        return []
    owner = coded[0].name
    for other in plan.key.students:
        if plan.has_inputs_of(other, sources):
            return [f"its code is that of {owner}, and its numbers are those of {other.name}"]
    return [f"its inputs are not the numbers that {owner} got"]


def _names(shown: str, student: Student) -> bool:
    """Whether the name of a file has the words of a student's name in it."""
    plain = "".join(letter if letter.isalnum() else " " for letter in shown.casefold())
    words = "".join(c if c.isalnum() else " " for c in student.name.casefold()).split()
    return bool(words) and (
        " ".join(words) in " ".join(plain.split()) or "".join(words) in plain.split()
    )


def _duplicates(key: Key, grades: Sequence[Grade], same: Mapping[str, str]) -> Iterator[Grade]:
    """The grades, with a word where a student has several files, or one file is there twice."""
    own = any(student.name for student in key.students)
    count = Counter(one.student for one in grades if own and not one.problem)
    for one in grades:
        notes = list(one.notes)
        if not one.problem and count[one.student] > 1:
            notes.append(f"there are {count[one.student]} files of this student")
        if not one.problem and one.file in same:
            notes.append(f"it is the same file as {same[one.file]!r}, to the last byte")
        yield replace(one, notes=tuple(notes))
