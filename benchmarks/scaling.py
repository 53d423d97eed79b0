"""How a recorded model's book grows with tokens, layers, width and vocabulary.

One thing is doubled again and again, the others stay; the exponent is the slope of a line through
the logarithms: 1 is in proportion, 2 is as the square. The slope of the last doubling stands beside
it, since small models are mostly what does not grow.

    python benchmarks/scaling.py [--runs 1] [--write docs/scaling.md]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from blocks import write_block
from lesson import ENVIRONMENT

NAME = "scaling"
BASE = {"tokens": 8, "layers": 2, "width": 32, "vocabulary": 64}
STEPS = {
    "tokens": (8, 16, 32, 64),
    "layers": (2, 4, 8, 16),
    "width": (32, 64, 128, 256),
    "vocabulary": (1000, 2000, 4000, 8000),
}

_RECORDED = """
import json, sys, time
import torch, transformers, sheetformer as sf
torch.set_num_threads(1)
sizes, path = json.loads(sys.argv[1]), sys.argv[2]
found = []
for size in sizes[:1] + sizes:  # the first one warms up
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=size["vocabulary"], hidden_size=size["width"],
        intermediate_size=2 * size["width"], num_hidden_layers=size["layers"],
        num_attention_heads=4, num_key_value_heads=2, use_cache=False,
    )
    model = transformers.LlamaForCausalLM(config).eval()
    began = time.process_time()
    book = sf.record(model, input_ids=torch.arange(size["tokens"])[None], force=True)
    book.save(path)
    taken = time.process_time() - began
    from pathlib import Path
    found.append([taken, Path(path).stat().st_size / 1e6, book.formula_cells])
print(json.dumps(found[1:]))
"""
COLUMNS = ("seconds", "megabytes", "formulas")


def sweep(what: str, runs: int) -> np.ndarray:
    """Seconds, megabytes and formulas (values, 3) while one thing is doubled; the best of runs."""
    sizes = json.dumps([{**BASE, what: value} for value in STEPS[what]])
    found: list[list[list[float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _RECORDED, sizes, str(Path(folder, "book.xlsx"))]
        for _ in range(runs):
            ran = subprocess.check_output(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
            found.append(json.loads(ran.splitlines()[-1]))
    return np.min(found, axis=0)


def exponents(values: tuple[int, ...], found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slope of each column over all values, and from the last but one to the last."""
    x, y = np.log(values), np.log(found)
    return np.polyfit(x, y, 1)[0], (y[-1] - y[-2]) / (x[-1] - x[-2])


def measured(runs: int) -> str:
    """The table, as the page has it."""
    lines = [
        "| doubled | from, to | processor s | exponent (last) | file MB | exponent (last) "
        "| formulas | exponent (last) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for what, values in STEPS.items():
        found = sweep(what, runs)
        slopes, last = exponents(values, found)
        cells = [what, f"{values[0]:,} … {values[-1]:,}"]
        for column, digits in enumerate((2, 2, 0)):
            first, end = found[0, column], found[-1, column]
            cells += [f"{first:,.{digits}f} … {end:,.{digits}f}"]
            cells += [f"{slopes[column]:.2f} ({last[column]:.2f})"]
        lines.append("| " + " | ".join(cells) + " |")
    rest = ", ".join(f"{value} {what}" for what, value in BASE.items())
    return "\n".join([*lines, "", f"The others stay at {rest}."])


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1, help="runs of each (default 1)")
    parser.add_argument("--write", type=Path, help="a page with the marks of this table")
    options = parser.parse_args()
    text = measured(max(1, options.runs))
    print(text)
    if options.write:
        write_block(options.write, NAME, text)


if __name__ == "__main__":
    main()
