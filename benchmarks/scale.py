"""GPT-2 shapes of growing size, whole: seconds, memory and file of recording and writing each.

Every shape has random weights and runs in a process of its own. Processor seconds tell on a busy
machine what the seconds of a quiet one would be. Nothing is asserted about time.

    python benchmarks/scale.py [--only 5M] [--tokens 32] [--formulas matrix] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SHAPES = {
    "1M": {"n_embd": 128, "n_layer": 3, "n_head": 4, "vocab_size": 4_000},
    "5M": {"n_embd": 256, "n_layer": 4, "n_head": 4, "vocab_size": 8_000},
    "20M": {"n_embd": 384, "n_layer": 6, "n_head": 6, "vocab_size": 20_000},
    "50M": {"n_embd": 512, "n_layer": 8, "n_head": 8, "vocab_size": 50_257},
    "124M": {"n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50_257},
}
"""Millions of weights → the settings of the model; the last one is GPT-2 small."""

WORK = """
import json, resource, sys, time
import torch, transformers, sheetformer as sf
shape, tokens, formulas, path = json.loads(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:5]
torch.manual_seed(0)
config = transformers.GPT2Config(
    n_positions=1024, use_cache=False, bos_token_id=1, eos_token_id=2, **shape
)
model = transformers.GPT2LMHeadModel(config).eval()
ids = torch.randint(0, config.vocab_size, (1, tokens))
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
facts = {"weights": sum(x.numel() for x in model.parameters()), "before": peak()}
clock, work = time.perf_counter(), time.process_time()
book = sf.record(
    model, input_ids=ids, logits_to_keep=1, next_token=True, short=True, force=True,
    formulas=formulas,
)
facts |= {"record": time.perf_counter() - clock, "record_cpu": time.process_time() - work}
summary = book.summary()
facts |= {"cells": book.cells, "formulas": book.formula_cells, "foretold": summary.size / 1e6}
facts |= {"foretold_seconds": summary.seconds}
clock, work = time.perf_counter(), time.process_time()
size = book.save(path).stat().st_size
facts |= {"write": time.perf_counter() - clock, "write_cpu": time.process_time() - work}
with torch.inference_mode():
    right = int(model(ids).logits[0, -1].argmax())
facts |= {"size": size / 1e6, "peak": peak(), "same": int(book["next_tokens"].value[0, 0]) == right}
print(json.dumps(facts))
"""

COLUMNS = (
    ("weights", "{weights:,}"),
    ("cells", "{cells:,}"),
    ("formulas", "{formulas:,}"),
    ("record s (processor)", "{record:.1f} ({record_cpu:.1f})"),
    ("write s (processor)", "{write:.1f} ({write_cpu:.1f})"),
    ("foretold s", "{foretold_seconds:.0f}"),
    ("model alone MB", "{before:.0f}"),
    ("peak MB", "{peak:.0f}"),
    ("file MB", "{size:.1f}"),
    ("foretold MB", "{foretold:.1f}"),
    ("next token as PyTorch's", "{same}"),
)


def measured(shape: str, tokens: int, formulas: str, path: Path) -> dict[str, float]:
    """The facts of one shape, from a process of its own."""
    arguments = [json.dumps(SHAPES[shape]), str(tokens), formulas, str(path)]
    ran = subprocess.run(
        [sys.executable, "-c", WORK, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(ran.stdout.splitlines()[-1])


def main() -> None:
    """Measure and print a table, a line a shape."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=SHAPES, action="append", help="this shape; repeatable")
    parser.add_argument("--tokens", type=int, default=32, help="how many it reads (default 32)")
    parser.add_argument("--formulas", choices=["matrix", "cell"], default="matrix")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the workbooks")
    args = parser.parse_args()
    print("| shape | " + " | ".join(name for name, _ in COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for shape in args.only or SHAPES:
            path = (args.keep or Path(folder)) / f"{shape}.xlsx"
            facts = measured(shape, args.tokens, args.formulas, path)
            print(f"| {shape} | " + " | ".join(t.format(**facts) for _, t in COLUMNS) + " |")
            sys.stdout.flush()
            if args.keep is None:
                path.unlink()


if __name__ == "__main__":
    main()
