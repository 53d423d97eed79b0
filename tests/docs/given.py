"""The files that the commands of the documentation are given, and that no page makes."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import sheetformer as sf

from .blocks import DOCS, blocks_of

MODULES = {
    "mine.py": "from my_module import build\n",
    "theirs.py": "from my_module import port as build\n",
    "my_module.py": """
import torch


def build(eps=1e-5):
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 8, batch_first=True, layer_norm_eps=eps)
    return layer.eval(), torch.randn(1, 3, 8)


def port():
    return build(eps=1e-2)
""",
}


def files(folder: Path) -> None:
    """A class, pairs of sentences, a lesson, an exercise with its key and what came back."""
    (folder / "class.csv").write_text("name\nAna\nBob\n", encoding="utf-8")
    (folder / "pairs.tsv").write_text("the red house\ta casa vermelha\n", encoding="utf-8")
    book = sf.lesson()
    book.save(folder / "attention.xlsx")
    sf.lesson("training", steps=2).save(folder / "training.xlsx")
    made = sf.exercise(book, "scores")
    made.key.save(folder / "key.xlsx")
    (folder / "submissions").mkdir()
    made.book.save(folder / "submissions" / "Ana.xlsx")


def found_workbook() -> None:
    """The workbook of a stranger that docs/how-to-check.md tries its commands on, written here."""
    code = next(block.text for block in blocks_of(DOCS / "how-to-check.md"))
    exec(compile(code, "how-to-check.md", "exec"), {})


def models(folder: Path) -> None:
    """Tiny models in folders named as those of the commands, a module, and dumped numbers."""
    import torch
    import transformers

    from ..cli.test_record import WORDS, tokenizer
    from ..frontends.models import hugging_face

    for name, code in MODULES.items():
        (folder / name).write_text(code, encoding="utf-8")
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"n_embd": 8, "n_layer": 1, "n_head": 4, "n_positions": 12}
    config = transformers.GPT2Config(vocab_size=len(WORDS), **sizes)
    named = {"gpt2": transformers.GPT2LMHeadModel(config), "my-folder": hugging_face("marian")}
    for name, model in named.items():
        model.save_pretrained(folder / name)
        tokenizer().save_pretrained(folder / name)
    module = runpy.run_path(str(folder / "my_module.py"))
    sf.record(*module["build"]()).values(folder / "dumped.npz")
