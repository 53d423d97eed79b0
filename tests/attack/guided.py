"""Bytes that a fuzzer makes from what it sees of the program: for the readers that parse.

python -m tests.attack.guided [--seconds 300]

Needs `pip install atheris` (libFuzzer for Python); without it nothing is done.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sheetformer.errors import SheetformerError

from .made import open_document
from .report import options, section

TARGETS = ("formulas", "open_formulas", "edits", "weights", "dumps", "sheets", "pairs")
SEEDS: dict[str, list[bytes]] = {
    "formulas": [b"IF(x<>0,EXP(x)/SUM(EXP(A1:B2)),0)", b"{1,2;\"a\",TRUE}&'a b'!$A$1%"],
    "open_formulas": [b"of:=SUM([.A1:.B2];[$'a b'.C3])", b"msoxl:=A1"],
    "edits": [b'[["Softmax",9,2,{"formula":"1+1","array":[1,2]}]]'],
    "pairs": [b"I am\teu sou\t0-0 1-1\n", b"a ||| b\n"],
}


def reader(name: str) -> Callable[[bytes], object]:
    """What reads the bytes of a target."""
    from sheetformer.corpus.readers import ReadReport, read_pairs
    from sheetformer.edits.wire import read_edits
    from sheetformer.engines.opendocument import read_opendocument
    from sheetformer.files import read_metadata
    from sheetformer.formula.openformula import from_openformula
    from sheetformer.formula.parser import parse
    from sheetformer.formula.printer import formula_text
    from sheetformer.frontends.comparison.dumps import read_dump

    folder = Path(tempfile.mkdtemp(prefix="guided-"))

    def file(suffix: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        path = folder / f"a{suffix}"
        return lambda data: (path.write_bytes(data), read(path))

    def pairs(path: Path) -> object:
        return list(read_pairs(str(path), ReadReport(path.name)))

    def formula(data: bytes) -> None:
        # Whatever is read is printed, and read again and printed as the same.
        printed = formula_text(parse(data.decode("utf-8", "replace")))
        assert formula_text(parse(printed, 1000)) == printed

    def weights(data: bytes) -> None:
        try:
            read_metadata(data)
        except KeyError:
            return

    return {
        "formulas": formula,
        "open_formulas": lambda data: from_openformula(data.decode("utf-8", "replace")),
        "edits": lambda data: read_edits(json.loads(data)),
        "weights": weights,
        "dumps": file(".npz", read_dump),
        "sheets": file(".ods", read_opendocument),
        "pairs": file(".tsv", pairs),
    }[name]


def fuzz(name: str, arguments: list[str]) -> None:
    """Never returns: libFuzzer ends the process, with a code that is not 0 for a mistake."""
    import atheris  # pyright: ignore[reportMissingImports]

    with atheris.instrument_imports(include=["sheetformer"]):
        read = reader(name)

    def one(data: bytes) -> None:
        try:
            read(data)
        except (SheetformerError, ValueError, RecursionError) as error:
            # JSON and OpenFormula say so themselves; who calls them expects it.
            if not isinstance(error, SheetformerError) and name not in (
                "edits", "open_formulas", "weights",
            ):  # fmt: skip
                raise

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def attacked(name: str, seconds: float) -> tuple[int, str]:
    """How many inputs a reader got, and what it could not take; empty where it took all."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(_first(name)):
            (corpus / str(number)).write_bytes(seed)
        limits = [f"-max_total_time={seconds:.0f}", "-print_final_stats=1", "-rss_limit_mb=4000",
                  "-max_len=4000", "-timeout=30", f"-artifact_prefix={folder}/"]  # fmt: skip
        command = [sys.executable, "-m", __spec__.name, name, *limits, str(corpus)]
        run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    count = re.search(r"number_of_executed_units: (\d+)", run.stderr)
    return int(count[1]) if count else 0, run.stderr[-3000:] if run.returncode else ""


def _first(name: str) -> list[bytes]:
    from random import Random

    if name == "sheets":
        return [open_document(Random(seed)) for seed in range(20)]
    if name in ("dumps", "weights"):
        from .made import dump

        suffix = ".npz" if name == "dumps" else ".safetensors"
        return [made for seed in range(20) if len(made := dump(suffix, Random(seed))) < 4000]
    return SEEDS[name]


def main() -> Any:
    """Fuzz each reader for its part of the time."""
    if sys.argv[1:2] and sys.argv[1] in TARGETS:
        return fuzz(sys.argv[1], sys.argv[2:])
    wanted = options(__doc__)
    if find_spec("atheris") is None:
        sys.stdout.write("nothing is done: pip install atheris\n")
        return 0
    found = {name: attacked(name, wanted.seconds / len(TARGETS)) for name in TARGETS}
    for name, (_, said) in found.items():
        sys.stderr.write(f"{name}: {said}\n" if said else "")
    with section("guided", "Bytes made by a fuzzer that sees the program", wanted) as lines:
        lines += ["| reader | inputs | mistakes |", "|---|---|---|"]
        for name, (count, said) in found.items():
            lines.append(f"| {name} | {count:,} | {int(bool(said))} |")
    return int(any(said for _, said in found.values()))


if __name__ == "__main__":
    sys.exit(main())
