"""Settings that no training can have, and corpora that nobody can read.

python -m tests.attack.settings [--seconds 300]
"""

from __future__ import annotations

import tempfile
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

from sheetformer.corpus.readers import ReadReport, read_pairs
from sheetformer.models.train.options import Options

from .report import TABLE, Findings, options, section, seeds

NUMBERS: list[Any] = [
    0, 1, 2, 3, 8, -1, 10**5, 10**9, 2**32, 2**32 - 1, 2**63, 10**400, 0.0, 0.5, 1.0, -1.0, 1e-300,
    1e308, float("inf"), float("-inf"), float("nan"), True, None, "8", [],
]  # fmt: skip
PIECES = [
    b"a\tb\n", b"\t", b"\n", b"\r\n", b"a b c\td e\t0-0 2-1\n", b"a\tb\t9-9\n", b"a\tb\t0p0\n",
    b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"word " * 1000, b"x" * 2_000_000, b"a ||| b\n",
    "ἄλφα\tалфа\n".encode(), b"a\tb\t" + b"1" * 5000 + b"-0\n", b"\xed\xa0\x80\tb\n",
]  # fmt: skip


def wrong_options(rng: Random) -> Options:
    """Options of which one to three have a number from `NUMBERS`.

    Raises:
        SheetformerError: no training can have them.
    """
    names = [field.name for field in fields(Options) if isinstance(field.default, int | float)]
    chosen = rng.sample(names, rng.choice((1, 1, 2, 3)))
    given: dict[str, Any] = {name: rng.choice(NUMBERS) for name in chosen}
    return Options(**given)


def corpus(rng: Random) -> bytes:
    """Pieces of lines one after the other, or anything at all."""
    if rng.random() < 0.2:
        return rng.randbytes(rng.randrange(2000))
    return b"".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 12)))


def read_corpus(content: bytes, path: Path) -> int:
    """How many pairs a corpus holds."""
    path.write_bytes(content)
    return sum(1 for _ in read_pairs(str(path), ReadReport(path.name)))


def main() -> None:
    """Try such settings and corpora."""
    wanted = options(__doc__)
    settings, corpora = Findings(), Findings()
    for seed in seeds(wanted.seconds / 2):
        settings.attempt(lambda s=seed: wrong_options(Random(s)), f"settings, seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "pairs.tsv")
        for seed in seeds(wanted.seconds / 2):
            content = corpus(Random(seed))
            corpora.attempt(lambda c=content: read_corpus(c, path), f"corpus, seed {seed}")
    with section("settings", "Absurd settings and corpora", wanted) as lines:
        lines += [*TABLE, settings.row("settings of a training"), corpora.row("corpora")]


if __name__ == "__main__":
    main()
