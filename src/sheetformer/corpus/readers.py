"""Sentence pairs of a user: tab-separated, Parquet, or a Hugging Face dataset.

A tab-separated file has a pair a line: source, tab, target, and if it is known a tab and the
alignment (`0-0 1-2`, source word first, counted from 0; `1p2` is a possible link). ` ||| ` may
stand in place of the tabs. A Parquet file or a dataset has them in columns. A word is what stands
between blanks, as in the files that come with gold alignments.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

from sheetformer.corpus.phrases import Links, Pair
from sheetformer.corpus.vocabulary import split_at_blanks, tokens
from sheetformer.errors import FileError, SheetformerError

DATASET = "hf:"
SHOWN = 3
LONGEST_LINE = 1_000_000
"""Bytes of a line; what is longer is no pair of sentences, and could fill the memory."""

_FORMAT = "a line holds a source sentence, a tab or |||, and its translation"

_NO_TEXT = re.compile("[\udc80-\udcff]")

_PACKED: Mapping[bytes, Callable[[Path], BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
"""How packed files begin, and what opens them."""

Fields = Sequence[str]


@dataclass
class ReadReport:
    """What reading a corpus met: how many pairs were good, and which lines were not."""

    name: str
    strict: bool = False
    unit: str = "line"
    good: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list[str])

    def refuse(self, number: int, reason: str) -> None:
        """Skip a line and keep its reason.

        Raises:
            FileError: The reading is strict, so one bad line is enough.
        """
        problem = f"{self.unit} {number:,} {reason}"
        if self.strict:
            raise FileError(f"{self.name}, {problem}; mend it, or read without --strict to skip it")
        self.skipped += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)

    def refuse_nothing(self) -> None:
        """See to it that something could be used.

        Raises:
            FileError: there is no good pair; the message says why.
        """
        if self.good:
            return
        if not self.skipped:
            raise FileError(f"{self.name} is empty; {_FORMAT}")
        raise FileError(f"{self.name} holds no usable pair: {self._skipped()}; {_FORMAT}")

    def __str__(self) -> str:
        """One sentence for the end."""
        pairs = f"{self.name}: {self.good:,} pair{'' if self.good == 1 else 's'}"
        return f"{pairs}, {self._skipped()}" if self.skipped else pairs

    def _skipped(self) -> str:
        more = ", …" if self.skipped > len(self.problems) else ""
        units = self.unit if self.skipped == 1 else f"{self.unit}s"
        return f"{self.skipped:,} {units} skipped ({', '.join(self.problems)}{more})"


# -- one pair --------------------------------------------------------------------------------------


def parse_pair(fields: Fields, *, tokenize: bool = False) -> Pair:
    """Make a pair of a source, a target and perhaps an alignment.

    Args:
        fields: as they stand in a line.
        tokenize: whether to split into words and marks, instead of at blanks.

    Raises:
        ValueError: Something is missing; the message continues "line 7 …".
    """
    if sum(map(len, fields)) > LONGEST_LINE:
        raise ValueError(f"is longer than {LONGEST_LINE:,} characters")
    if any(_NO_TEXT.search(field) for field in fields):
        raise ValueError("is not UTF-8 text")
    if len(fields) < 2:
        raise ValueError("has no tab and no ||| between source and target")
    split = tokens if tokenize else split_at_blanks
    source, target = split(fields[0]), split(fields[1])
    if not source or not target:
        raise ValueError(f"has an empty {'target' if source else 'source'} side")
    sure, possible = _links(fields[2]) if len(fields) > 2 else ((), ())
    counted = (source, target) == (split_at_blanks(fields[0]), split_at_blanks(fields[1]))
    if sure + possible and not counted:
        raise ValueError("has an alignment that counts other words, those between blanks")
    if any(i >= len(source) or j >= len(target) for i, j in sure + possible):
        raise ValueError("has an alignment that points behind the end of a sentence")
    return Pair(source, target, sure, possible)


def _links(text: str) -> tuple[Links, Links]:
    found = [re.fullmatch(r"(\d+)([-p])(\d+)", link) for link in text.split()]
    if not all(found):
        raise ValueError("has an alignment that is not written like 0-0 1-2")
    links = {mark: [] for mark in "-p"}
    for match in filter(None, found):
        links[match[2]].append((int(match[1]), int(match[3])))
    return tuple(links["-"]), tuple(links["p"])


# -- where pairs come from -------------------------------------------------------------------------


def read_fields(
    data: str, report: ReadReport, columns: Fields = ()
) -> Iterator[tuple[int, Fields]]:
    """Stream the numbered lines or rows of a corpus.

    Args:
        data: a tab-separated or Parquet file, or `hf:NAME`, `hf:NAME:CONFIG`, or
            `hf:NAME:CONFIG:SPLIT` for a Hugging Face dataset or a folder that holds one.
        report: told whether these are lines or rows.
        columns: the names of the source and target (and alignment) columns, where they have names.

    Raises:
        FileError: The corpus cannot be read.
        SheetformerError: What is needed to read it is not installed.
    """
    if data.startswith(DATASET):
        report.unit = "row"
        return enumerate(_rows(_dataset(data.removeprefix(DATASET)), columns, data), start=1)
    path = Path(data)
    if path.exists() and not path.is_file():
        raise FileError(f"{path} is no regular file; name a file of sentence pairs")
    if path.is_symlink() and not path.exists():
        raise FileError(f"{path} is a link that leads nowhere, or back to itself")
    if not path.is_file():
        raise FileError(f"{path}: there is no such file; a dataset's name begins with {DATASET}")
    if path.suffix.lower() in (".parquet", ".pq"):
        report.unit = "row"
        return enumerate(_rows(_parquet(path), columns, data), start=1)
    return _lines(path)


def files_of(data: str) -> Sequence[Path]:
    """The files that a corpus is read from, as far as they are on this machine."""
    if not data.startswith(DATASET):
        return [Path(data)]
    path = Path(_dataset_parts(data.removeprefix(DATASET))[0])
    return [path, *path.rglob("*")]


def _lines(path: Path) -> Iterator[tuple[int, Fields]]:
    try:
        with _opened(path) as file:
            for number, line in enumerate(_short(file), start=1):
                coding = "utf-8-sig" if number == 1 else "utf-8"
                # What is no text keeps its place, so that parse_pair can say so of its line.
                yield number, _split(line.decode(coding, "surrogateescape").rstrip("\r\n"))
    except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise FileError(
            f"{path} cannot be read: {getattr(error, 'strerror', 0) or error}"
        ) from error


def _opened(path: Path) -> BufferedIOBase:
    """The bytes of a file, unpacked where it is packed, whatever its name is."""
    with path.open("rb") as file:
        start = file.read(max(map(len, _PACKED)))
    for mark, unpack in _PACKED.items():
        if start.startswith(mark):
            return unpack(path)
    return path.open("rb")


def _split(line: str) -> Fields:
    """A line in its fields; in files such as `fast_align` reads, bars part them."""
    return line.split("\t" if "\t" in line else "|||")


def _short(file: BufferedIOBase) -> Iterator[bytes]:
    """Lines, and of one that is too long so much that `parse_pair` can see that it is."""
    while line := file.readline(4 * LONGEST_LINE + 1):
        yield line
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    parquet: Any = _optional("pyarrow.parquet", "Parquet files", "pyarrow")
    try:
        for batch in parquet.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
    except (OSError, ValueError) as error:  # pyarrow's errors are among these
        raise FileError(f"{path} is no readable Parquet file: {error}") from error


def _dataset(name: str) -> Iterator[Mapping[str, Any]]:
    datasets: Any = _optional("datasets", "Hugging Face datasets", "datasets")
    path, config, split = _dataset_parts(name)
    try:
        rows = datasets.load_dataset(path, config or None, split=split or "train", streaming=True)
        yield from cast("Iterable[Mapping[str, Any]]", rows)
    except (OSError, ValueError, datasets.exceptions.DatasetsError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError(f"the dataset {name} cannot be read: {first}") from error


def _dataset_parts(name: str) -> Fields:
    """Name or folder, configuration and split of a dataset."""
    # The name of a folder may hold a colon, a Windows drive does.
    parts = [name] if Path(name).exists() else name.split(":")
    return (*parts, "", "")[:3]


def _optional(module: str, what: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise SheetformerError(
            f"{what} need the package {package}: pip install {package}"
        ) from error


def _rows(rows: Iterable[Mapping[str, Any]], columns: Fields, name: str) -> Iterator[Fields]:
    names = columns
    for row in rows:
        flat = {**row, **row["translation"]} if isinstance(row.get("translation"), dict) else row
        names = names or _columns(flat)
        if len(names) < 2 or any(each not in flat for each in names):
            raise FileError(
                f"{name} has the columns {', '.join(row)}; name those of the source and the "
                "target: --columns en,pt"
            )
        yield ["" if flat[each] is None else str(flat[each]) for each in names]


def _columns(row: Mapping[str, Any]) -> Fields:
    """Source and target by name, else the first two columns of text."""
    if "source" in row and "target" in row:
        return [each for each in ("source", "target", "alignment") if each in row]
    return [name for name, value in row.items() if isinstance(value, str)][:2]


def read_pairs(
    data: str, report: ReadReport, columns: Fields = (), *, tokenize: bool = False
) -> Iterator[Pair]:
    """Stream the good pairs of a corpus; the report counts the others.

    Raises:
        FileError: The corpus cannot be read, or a line is bad and the report strict.
        SheetformerError: What is needed to read it is not installed.
    """
    for number, fields in read_fields(data, report, columns):
        try:
            pair = parse_pair(fields, tokenize=tokenize)
        except ValueError as error:
            report.refuse(number, str(error))
            continue
        report.good += 1
        yield pair
