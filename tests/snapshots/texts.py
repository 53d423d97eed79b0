"""What the command line says, and the sentences of refusals, that are kept as a snapshot."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

import sheetformer as sf


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said on stdout and stderr."""

    code: Any
    told: str


def run(*words: str) -> Ran:
    """Run `sheetformer …` within this process."""
    from sheetformer.cli import main

    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(words)
        except SystemExit as end:
            code = end.code
    return Ran(code, f"{out.getvalue()}--- stderr, then the exit code:\n{err.getvalue()}{code}\n")


HELPED = (
    "lesson", "lessons", "words", "translate", "align", "train", "record", "compare", "verify",
    "serve",
)  # fmt: skip
LINES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "help": ("--help",),
    **{f"help-{name}": (name, "--help") for name in HELPED},
    "help-train-translator": ("train", "translator", "--help"),
    "lesson": ("lesson", "-o", "a.xlsx"),
    "lesson-json": ("lesson", "--json"),
    "lesson-softmax-pt": ("lesson", "softmax", "--lang", "pt", "-o", "a.txt"),
    "lesson-training": ("lesson", "training", "--steps", "3"),
    "lesson-unknown-word": ("lesson", "--source", "I am hapy"),
    "lesson-unknown": ("lesson", "cross-atention"),
    "lesson-other-option": ("lesson", "softmax", "--heads", "2"),
    "lesson-heads-off": ("lesson", "multi-head", "--heads", "3"),
    "lesson-other-suffix": ("lesson", "-o", "a.pdf"),
    "lesson-nowhere": ("lesson", "-o", "nowhere/a.xlsx"),
    "unknown": ("lessn",),
    "unknown-option": ("lesson", "--sorce", "I"),
    "lessons": ("lessons",),
    "lessons-pt": ("lessons", "--lang", "pt"),
    "lessons-json": ("lessons", "--json"),
    "words-source": ("words", "--side", "source"),
    "words-target": ("words", "--side", "target"),
    "translate": ("translate", "we see the red house"),
    "translate-json": ("translate", "is she tired?", "--json"),
    "translate-other": ("translate", "the red house", "--model", "translator_unguided"),
    "translate-file": ("translate", "the red house", "-o", "a.xlsx"),
    "translate-unknown-word": ("translate", "the red hause"),
    "verify-missing": ("verify", "nowhere.xlsx"),
    "verify-nothing": ("verify",),
}

Named = Iterator[tuple[str, Callable[[], Any]]]
"""The name of an output, and what makes it: a text, or anything with a `save`, such as a book."""


def commands() -> Named:
    """Command lines, each in an empty folder."""
    for name, words in LINES.items():
        yield name, lambda w=words: _alone(*w)
    yield "verify", lambda: _alone("verify", "softmax.xlsx", write="softmax")
    yield "verify-json", lambda: _alone("verify", "softmax.xlsx", "--json", write="softmax")


def _alone(*words: str, write: str = "") -> str:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        if write:
            sf.lesson(write).save(f"{write}.xlsx")
        told = run(*words).told
        files = sorted(path.name for path in Path.cwd().iterdir())
        return f"{told}files: {files}\n".replace(os.path.realpath(folder), "FOLDER")


_X, _Y = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
_WORDS = np.array(["I", "am"], dtype=object)

REFUSED: dict[str, Callable[[], Any]] = {
    "no-such-lesson": lambda: sf.lesson("softmx"),
    "no-such-option": lambda: sf.lesson("softmax", heads=2),
    "no-such-language": lambda: sf.lesson("softmax", lang="fr"),
    "unknown-word": lambda: sf.lesson("cross-attention", source="hapy"),
    "too-many-words": lambda: sf.lesson("cross-attention", source=" ".join(["happy"] * 17)),
    "no-whole-number": lambda: sf.lesson("training", steps=2.5),
    "translate-unknown-word": lambda: sf.translate("the red hause"),
    "translate-too-many": lambda: sf.translate("the " * 9),
    "no-such-block": lambda: sf.trace(lambda x: x * 2, _X)["outputs"],
    "no-such-suffix": lambda: sf.trace(lambda x: x * 2, _X).save("a.pdf"),
    "matmul-shapes": lambda: sf.trace(lambda x, y: x @ y, _X, _Y),
    "add-shapes": lambda: sf.trace(lambda x, y: x + y.T, _X, _Y),
    "concatenate-shapes": lambda: sf.trace(lambda x, y: np.concatenate([x, y.T]), _X, _Y),
    "reshape": lambda: sf.trace(lambda x: x.reshape(4, 2), _X),
    "axis": lambda: sf.trace(lambda x: x.sum(5), _X),
    "index": lambda: sf.trace(lambda x: x[7], _X),
    "truth": lambda: sf.trace(lambda x: x if x > 0 else -x, _X),
    "float": lambda: sf.trace(lambda x: float(x[0, 0]), _X),
    "numpy-unknown": lambda: sf.trace(np.arctan, _X),
    "numpy-arguments": lambda: sf.trace(lambda x: np.sum(x, where=_X > 1), _X),
    "words-added": lambda: sf.trace(lambda t: t + 1.0, _WORDS),
    "not-finite": lambda: sf.trace(lambda x: np.exp(x * 1000.0), _X),
    "nothing-returned": lambda: sf.trace(lambda x: None, _X),  # noqa: ARG005
    "empty": lambda: sf.trace(lambda x: x * 2.0, np.zeros((0, 2))),
    "five-axes": lambda: sf.trace(lambda x: x * 2.0, np.zeros((2, 2, 2, 2, 2))),
    "too-wide": lambda: sf.trace(lambda x: x * 2.0, np.zeros((2, 1_100_000))),
    "no-such-style": lambda: sf.trace(lambda x: x * 2.0, _X, formulas="rows"),
    "grad-of-many": lambda: sf.grad(lambda x: x * 2.0)(_X),
    "grad-of-nothing": lambda: sf.grad(lambda x: (x > 0).sum())(_X),
    "grad-argnums": lambda: sf.grad(lambda x: x.sum(), argnums=3)(_X),
    "attention-shape": lambda: sf.attention(np.ones(3)),
    "attention-words": lambda: sf.attention(np.ones((2, 3)), "one two"),
    "attention-negative": lambda: sf.attention([[-0.5, 1.5]]),
    "attention-none": lambda: sf.attention((None, None)),
    "verify-missing": lambda: sf.verify("nowhere.xlsx"),
}


def messages() -> Named:
    """What is refused in Python, and in which words."""
    for name, refused in REFUSED.items():
        yield name, lambda r=refused: _message(r)


def _message(refused: Callable[[], Any]) -> str:
    try:
        given = refused()
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}\n"
    return f"not refused: {given!r}\n"
