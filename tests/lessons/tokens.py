"""The lesson tokens under any text, as a command: `python -m tests.lessons.tokens`.

Random texts are typed into its cells; NumPy, another program of the same merges, and the engines
must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from sheetformer import Book
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.engines import get_engine

from ..support import assert_book_recalculates
from .books import lesson

ROUNDS, WORDS, SIGNS = 10, 8, 12
WORD = "unhappiness"
TRAPS = (
    "", " ", "aaaaa", "aaa aa a", "abab ab", "  a   b ", "é e\u0301 é e\u0301", "Aa aA AA aa",
    "ß ss ßß ssss", "‹a›‹b› ‹a›‹b›", "a\u00a0a a\u202fa", "<> <> ><", '"a" "a"', "=1+1 =1+1",
    "😀😀 😀😀", "1212 1212", "a*a? a*a?", "o o o o o o o o o o", "abcdefghijklmnopqrst",
    "ab" * 80, "-- --", "'a 'a", "你好你好 你好", "a\u200ba a\u200ba", "ﬀ ff ﬀﬀ",
)  # fmt: skip
"""Texts that programs might take in ways of their own."""


def merges_of(text: str, wanted: int = ROUNDS) -> tuple[list[tuple[str, str]], list[list[str]]]:
    """The merges and the words in tokens, by lists alone: no text is searched."""
    for blank in "\u00a0\u202f":
        text = text[:140].replace(blank, " ")
    cut = text.replace("‹", "<").replace("›", ">").split(" ")
    words = [list(word[:SIGNS]) for word in cut if word][:WORDS]
    made: list[tuple[str, str]] = []
    for _ in range(wanted):
        counts: dict[tuple[str, str], int] = {}
        for pair in dict.fromkeys(pair for word in words for pair in pairwise(word)):
            counts[pair] = sum(len(word) - len(merged(word, pair)) for word in words)
        best = max(counts, key=lambda pair: counts[pair], default=None)
        if best is None or counts[best] < 2:
            break
        made.append(best)
        words = [merged(word, best) for word in words]
    return made, words


def merged(word: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Tokens with each such pair as one, from left to right."""
    done: list[str] = []
    rest = list(word)
    while rest:
        count = 2 if tuple(rest[:2]) == pair else 1
        done.append("".join(rest[:count]))
        rest = rest[count:]
    return done


def typed(book: Book, text: str, word: str = WORD) -> Book:
    """The lesson with another text, and another first new word."""
    blocks = [(book["text"].block, text), (book["new_words"].block, word)]
    return edited(
        book, [Edit(x.sheet, x.matrices[0].row, x.matrices[0].column, said) for x, said in blocks]
    )


def assert_merges(book: Book, text: str, word: str = WORD) -> None:
    """The book's merges, its words, and the pieces of the new word are those of the lists."""
    made, words = merges_of(text)
    shown = [f"{a} + {b}" for a, b in made]
    found = book["pairs_merged"].value[:, 0].tolist()
    assert found == shown + ["—"] * (ROUNDS - len(shown)), (text, found)
    cut = [" · ".join(one) for one in words]
    assert book["text_in_tokens"].value[:, 0].tolist() == cut + [""] * (WORDS - len(cut)), text
    pieces = list(word)
    for pair in made:
        pieces = merged(pieces, pair)
    assert book["way"].value[-1, 0] == " · ".join(pieces), text


def random_text(rng: Random) -> str:
    """Words of few signs, so that pairs come again and ties are many."""
    signs = rng.choice(["ab", "abc", "aA", "aé", "xyz", "unhapiest", "a😀", "12", "a.,-"])
    return " ".join(
        "".join(rng.choices(signs, k=rng.randint(1, 12))) for _ in range(rng.randint(1, 8))
    )


def main() -> None:
    """Print a line an engine and style."""
    rng = Random(15)
    texts = [*TRAPS, *(random_text(rng) for _ in range(175))]
    for name, count in (("ironcalc", len(texts)), ("libreoffice", 40)):
        for style in ("matrix", "cell"):
            books = [typed(lesson("tokens", formulas=style), text) for text in texts[:count]]
            for book, text in zip(books, texts, strict=False):
                assert_merges(book, text)
            assert_book_recalculates(books, get_engine(name))
            print(f"{name}, {style}: {count} texts, all cells right")


if __name__ == "__main__":
    main()
