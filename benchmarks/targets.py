"""The works that the package shall do in so much time and memory, each as a whole process.

Prints a table: the work, its target, what was measured now, and whether it is met; below it what
each takes at least (Python and NumPy alone, the engine alone). Processor seconds of the best run.

    python benchmarks/targets.py [--runs 3] [--large] [--write docs/benchmarks.md]

--large records GPT-2 small, too: 124 million weights, some minutes and gigabytes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from blocks import write_block
from lesson import ENVIRONMENT, Job, Measured, measure

ROOT = Path(__file__).parents[1]
NAME = "targets"

_LLAMA = """
import json, resource, sys, time
import torch, transformers, sheetformer as sf
from sheetformer.engines import get_engine
from sheetformer.engines.reader import corners
torch.manual_seed(0); torch.set_num_threads(1)
config = transformers.LlamaConfig(
    vocab_size=512, hidden_size=64, intermediate_size=172, num_hidden_layers=5,
    num_attention_heads=8, num_key_value_heads=4, max_position_embeddings=512,
    tie_word_embeddings=True, initializer_range=0.2,
)
model = transformers.LlamaForCausalLM(config).eval()
asked = dict(max_new_tokens=32, min_new_tokens=32, do_sample=False)
ids, other = torch.tensor([[1, 403, 407, 261]]), torch.tensor([[1, 5, 407, 300]])
found, clock = {}, time.process_time
began = clock()
book = sf.record(model.generate, input_ids=ids, attention_mask=torch.ones_like(ids), **asked)
found["record"] = clock() - began
began = clock(); path = book.save(sys.argv[1]); found["write"] = clock() - began
found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
found["formulas"] = book.formula_cells
wanted = model.generate(other, attention_mask=torch.ones_like(ids), **asked)[0].tolist()
def place(name):
    sheet, _, cells = book[name].address.partition("!")
    return sheet.strip("'"), corners(cells)
sheet, ((row, column), _) = place("input_ids")
edits = {(sheet, row, column + i): float(x) for i, x in enumerate(other[0].tolist())}
sheet, ((row, first), (_, last)) = place("output")
for engine in ("ironcalc", "libreoffice"):
    try:
        with get_engine(engine).open(path) as live:
            began = time.perf_counter()
            cells = live.edit(edits)
            found[engine] = time.perf_counter() - began
    except sf.SheetformerError as error:
        found[engine] = str(error)
        continue
    assert [cells[sheet][row, i] for i in range(first, last + 1)] == wanted, engine
json.dump(found, open(sys.argv[2], "w"))
"""
"""A story-telling model: 32 tokens, and another beginning, which must go on as PyTorch does."""

_GPT2 = """
import json, resource, sys, time
import torch, transformers, sheetformer as sf
torch.manual_seed(0)
model = transformers.GPT2LMHeadModel(transformers.GPT2Config(use_cache=False)).eval()
began = time.process_time()
ids = torch.arange(32)[None]
book = sf.record(
    model, input_ids=ids, logits_to_keep=1, force=True, check=False, short=True, next_token=True
)
recorded = time.process_time() - began
told = book.summary()
found = {"told_seconds": told.seconds, "told_bytes": told.size}
began, clock = time.process_time(), time.perf_counter()
book.save(sys.argv[1])
found["written"] = time.perf_counter() - clock
found["seconds"] = recorded + time.process_time() - began
found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
json.dump(found, open(sys.argv[2], "w"))
"""

_ENGINE = """
import sys
from ironcalc import load_from_xlsx
load_from_xlsx(sys.argv[1]).evaluate()
"""


@dataclass(frozen=True)
class Row:
    """A target: the work, what is asked, what was measured, and whether that is enough."""

    work: str
    target: str
    measured: str
    met: bool | None

    def __str__(self) -> str:
        met = {True: "yes", False: "**no**", None: "not measured"}[self.met]
        return f"| {self.work} | {self.target} | {self.measured} | {met} |"


def jobs(folder: Path) -> dict[str, Job]:
    """The processes that are measured as they are."""
    python, book, words = sys.executable, folder / "t.xlsx", folder / "k.xlsx"
    ours = [python, "-m", "sheetformer"]
    subprocess.run([*ours, "translate", "the red house", "-o", str(book)], check=True,
                   capture_output=True)  # fmt: skip
    made = {
        "lesson": Job([*ours, "lesson", "-o", str(folder / "a.xlsx")]),
        "verify": Job([*ours, "verify", str(book)]),
        "numpy": Job([python, "-c", "import numpy"]),
        "imports": Job([python, "-c", "import numpy, xlsxwriter, typer, rich.console, rich.table"]),
        "engine": Job([python, "-c", _ENGINE, str(book)]),
    }
    if importlib.util.find_spec("e2k"):
        example = str(ROOT / "examples" / "katakana.py")
        made["e2k"] = Job([python, example, "lisbon", "-o", str(words)], words)
    return made


def rows_of_processes(found: dict[str, Measured]) -> Iterator[Row]:
    """The targets that are whole processes."""
    lesson, verify = found["lesson"], found["verify"]
    yield Row(
        "default lesson, whole process", "≤ 0.30 s, ≤ 45 MB",
        f"{lesson.processor:.2f} s, {lesson.megabytes:.0f} MB",
        lesson.processor <= 0.30 and lesson.megabytes <= 45,
    )  # fmt: skip
    if "e2k" in found:
        e2k = found["e2k"]
        size = (e2k.kilobytes or 0) / 1000
        yield Row(
            "e2k whole", "≤ 1.0 s, ≤ 4.5 MB", f"{e2k.processor:.2f} s, {size:.2f} MB",
            e2k.processor <= 1 and size <= 4.5,
        )  # fmt: skip
    yield Row(
        "`verify` of the translator", "≤ 1.0 s", f"{verify.processor:.2f} s", verify.processor <= 1
    )


def rows_of_llama(folder: Path) -> Iterator[Row]:
    """The story-telling model."""
    found = reported(_LLAMA, folder)
    work = "260k Llama, 32 tokens"
    if found is None:
        yield Row(work, "≤ 5 s to write", "–", None)
        return
    yield Row(
        f"{work} ({found['formulas']:,} formulas), write", "≤ 5 s",
        f"{found['write']:.1f} s (recorded in {found['record']:.1f} s)",
        found["write"] <= 5,
    )  # fmt: skip
    for engine, title, most in (("ironcalc", "IronCalc", 5), ("libreoffice", "LibreOffice", 30)):
        taken = found[engine]
        said = f"{taken:.1f} s" if isinstance(taken, float) else "–"
        met = taken <= most if isinstance(taken, float) else None
        yield Row(f"{work}, another beginning, {title}", f"≤ {most} s", said, met)


def rows_of_gpt2(folder: Path) -> Iterator[Row]:
    """GPT-2 small, whole, and what its summary says of the file before it is written."""
    target = "record and write ≤ 120 s, ≤ 1.15 GB, ≤ 3 GB of memory"
    found = reported(_GPT2, folder)
    work = "GPT-2-small shape, float32"
    if found is None:
        yield Row(work, target, "–", None)
        return
    size = (folder / "book.xlsx").stat().st_size / 1e9
    met = found["seconds"] <= 120 and size <= 1.15 and found["megabytes"] <= 3000
    said = f"{found['seconds']:.0f} s, {size:.2f} GB, {found['megabytes'] / 1000:.1f} GB"
    yield Row(work, target, said, met)
    bytes_told, time_told = (
        told / was - 1
        for told, was in (
            (found["told_bytes"] / 1e9, size),
            (found["told_seconds"], found["written"]),
        )
    )
    yield Row(
        f"{work}, what `summary()` foretells", "size and time within 20 %",
        f"size {bytes_told:+.0%}, time {time_told:+.0%} of {found['written']:.0f} s",
        max(abs(bytes_told), abs(time_told)) <= 0.2,
    )  # fmt: skip


def reported(program: str, folder: Path) -> dict[str, float] | None:
    """What a program writes as JSON; None where PyTorch is missing."""
    if not all(map(importlib.util.find_spec, ("torch", "transformers"))):
        return None
    facts = folder / "facts.json"
    command = [sys.executable, "-c", program, str(folder / "book.xlsx"), str(facts)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return json.loads(facts.read_text())


def floors(found: dict[str, Measured]) -> str:
    """What the works cannot be quicker than."""
    numpy, imports, engine = (found[name].processor for name in ("numpy", "imports", "engine"))
    return (
        f"What is below these works, in the same run: Python with NumPy {numpy:.2f} s, with what "
        f"the command line and the writer import besides (Typer, Rich, XlsxWriter) {imports:.2f} "
        f"s; IronCalc alone, loading the translator and working it out, {engine:.2f} s."
    )


def table(rows: list[Row], below: str) -> str:
    """The block of the page."""
    lines = ["| work | target | measured | met |", "|---|---|---|---|", *map(str, rows)]
    return "\n".join([*lines, "", below])


def measured(runs: int, *, large: bool = False) -> tuple[list[Row], str]:
    """All rows, and what is below them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = measure(jobs(folder), runs)
        rows = [*rows_of_processes(found), *rows_of_llama(folder)]
        rows += rows_of_gpt2(folder) if large else []
    return rows, floors(found)


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each process (default 3)")
    parser.add_argument("--large", action="store_true", help="GPT-2 small, too")
    parser.add_argument("--write", type=Path, help="a page with the marks of this table")
    options = parser.parse_args()
    text = table(*measured(max(1, options.runs), large=options.large))
    print(text)
    if options.write:
        write_block(options.write, NAME, text)


if __name__ == "__main__":
    main()
