"""Lessons, the translator and attention maps whose files are kept as a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import sheetformer as sf
from sheetformer.language import languages
from sheetformer.lessons import NAMES

from .texts import Named, run

STYLES = ("matrix", "cell")
LANGUAGES = languages()

OPTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "bars": ("cross-attention", {"source": "I am | happy", "target": "sou | feliz"}),
    "house": ("cross-attention", {"source": "the red house", "target": "a casa vermelha"}),
    "word": ("cross-attention", {"source": "happy", "target": "feliz"}),
    "heads-1": ("multi-head", {"heads": 1}),
    "heads-4": ("multi-head", {"heads": 4}),
    "heads-2": ("encoder-decoder", {"heads": 2}),
    "d-4": ("positions", {"d_model": 4}),
    "steps-3": ("training", {"steps": 3}),
    "fast": ("training", {"learning_rate": 3.0}),
    "d-3": ("backprop", {"d_model": 3}),
    "two-words": ("softmax", {"sentence": "you are"}),
    "seed-3": ("scaling", {"seed": 3}),
    "cat": ("self-attention", {"sentence": "the cat is happy"}),
}
SENTENCES = ("the red house", "is she tired?")
OTHER_TRANSLATORS = ("translator_two_heads", "translator_unguided")


def lessons() -> Named:
    """Every lesson in both styles and languages, and some with other options."""
    told = {name: (name, {}) for name in NAMES}
    told |= {f"{name}-{what}": (name, given) for what, (name, given) in OPTIONS.items()}
    for told_as, (name, given) in told.items():
        for style in STYLES:
            for lang in LANGUAGES:
                yield (
                    f"{told_as}-{style}-{lang}",
                    lambda n=name, f=style, code=lang, o=given: sf.lesson(
                        n, formulas=f, lang=code, **o
                    ),
                )


def translations() -> Named:
    """Two sentences by the translator that `sf.translate` uses, and one by each other."""
    for style in STYLES:
        for sentence in SENTENCES:
            yield f"{sentence}-{style}", lambda s=sentence, f=style: sf.translate(s, f)
        for model in OTHER_TRANSLATORS:
            yield f"{model}-{style}", lambda m=model, f=style: Commanded(SENTENCES[0], m, f)


@dataclass(frozen=True)
class Commanded:
    """A translation that the command line writes: only it lets a user name the translator."""

    sentence: str
    model: str
    formulas: str

    def save(self, path: Path) -> None:
        """Run `sheetformer translate`; what it prints is kept elsewhere."""
        options = ["--model", self.model, "--formulas", self.formulas, "--output", str(path)]
        ran = run("translate", self.sentence, "--json", *options)
        if ran.code:
            raise RuntimeError(ran.told)


def _shares(*shape: int) -> Any:
    raw = np.random.default_rng(0).random(shape) ** 3
    return raw / raw.sum(axis=-1, keepdims=True)


_WORDS = "the cat is very tired"
_ANSWER = "o gato está cansado"
MAPS: dict[str, tuple[Any, ...]] = {
    "one": (_shares(4, 5), _WORDS, _ANSWER),
    "heads": (_shares(3, 4, 5), _WORDS, _ANSWER),
    "layers": (_shares(2, 3, 4, 5), _WORDS, _ANSWER),
    "one-row": (_shares(1, 1, 1, 5), _WORDS, ["x"]),
    "list-of-layers": ([_shares(1, 2, 4, 5), _shares(1, 2, 4, 5)], _WORDS, _ANSWER),
    "self": (_shares(2, 3, 3), "eu sou feliz"),
    "numbered": (_shares(2, 3),),
    "odd-words": (_shares(2, 3), ["=1+1", "<b>", 'say "x"'], ["@", ""]),
    "wide": (_shares(12, 4, 9, 14),),
    "not-normal": (2.0 * _shares(3, 3), "a b c"),
}


def maps() -> Named:
    """Attention maps of every shape."""
    for name, given in MAPS.items():
        for style in STYLES:
            yield f"{name}-{style}", lambda g=given, f=style: sf.attention(*g, formulas=f)
    yield "titled", lambda: sf.attention(_shares(3, 3), title="My <own> title")


def facts(book: sf.Book) -> str:
    """What a book tells in Python and in a notebook: its size, its blocks, its still picture."""
    lines = [repr(book), str(book.summary()), book._repr_html_()]
    for name in book:
        view = book[name]
        lines.append(f"{name} {view.address} {view.value.shape} {view.labels}")
    return "\n".join(lines) + "\n"
