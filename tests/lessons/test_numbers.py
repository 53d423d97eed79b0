"""A number in a lesson's text is the graph's: each is worked out here from the book it stands in.

What needs no proof is left out: 0, 1 and 100 %, numbers of steps, sections and years, the paper's
own sizes, and what a reader is asked to type.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sheetformer import Book
from sheetformer.graph.storable import LARGEST, TOLERANCE
from sheetformer.language import languages
from sheetformer.lessons import LESSONS

from .books import lesson
from .test_questions import asked

LANGUAGES = Path(__file__).parents[2] / "src" / "sheetformer" / "language"
NUMBER = re.compile(r"(?<![\w.,^/·])\d(?:[\d.,]*\d)?(?:E\+\d+)?(?![\w^])")
REFERENCES = re.compile(
    r"(?:steps?|sections?|equation|figure|footnote|numbers? of query|(?:first )?of query"
    r"|query|key|head)\s\d[\d.]*(?:\s(?:to|and)\s\d+)?"
    r"|^\d+ {3}|\b(?:19|20)\d\d\b|\bStep \d+ shows|64-bit"
    r"|[Tt]ype (?:0\.5 or 2|0|1|9|another rate)\b|\bStep \d+ has|Add 5 to|get 5 more"
    r"|--seed \d+|Set (?:a|all) \d|\bto \d\b|\bExcel 365\b"
)
BY_NATURE = {"0", "1", "100"}
ELSEWHERE = {"gpt"}
"""Lessons whose numbers are not worked out here yet."""
PAPER = {"6", "512", "2,048"}
"""Layers, d_model and d_ff of Vaswani et al. 2017."""


def largest_d(book: Book) -> float:
    return float(book["d_k"].value.max())


def ones_share(book: Book) -> float:
    """Of each key, if all counted alike."""
    return 100 / book["scores_2"].value.shape[1]


CLAIMS: dict[str, dict[str, Callable[[Book], float]]] = {
    "dot-product": {
        "0.5": lambda book: 1 / math.sqrt(book["X_source"].value.shape[1]),
        "2": lambda book: book["source_length"].value.mean(),
    },
    "softmax": {
        "2.72": lambda _: math.e,
        "0.69": lambda _: math.log(2),
        "2": lambda book: math.exp(float(book["limit"].value) / 1024),
        "1024": lambda book: float(book["limit"].value) / math.log(2),
        "709.78": lambda book: float(book["limit"].value),
        "1.8": lambda _: 2.0**1023 / 1e308 * 2,
        "10": lambda book: math.exp(_power_base(book)),
        "0.05": lambda book: book["T_range"].value.min(),
        "50": lambda book: book["T_range"].value.max(),
    },
    "scaling": {
        "2": lambda book: book["d_k"].value.min(),
        "8": lambda book: book["products"].value.size,
        "64": lambda book: book["scores_2"].value.size,
        "256": largest_d,
        "12.5": ones_share,
        "0.25": lambda _: 0.5 * (1 - 0.5),
        "50": lambda _: 50.0,
        "0.5": lambda book: book["power_of_d"].value.item(),
    },
    "encoder-decoder": {
        "8": lambda book: book["X_source"].value.shape[1],
        "32": lambda book: book["encoder_1_feed_forward_b_1"].value.size,
    },
    "training": {
        "8": lambda book: book["may_look"].value.shape[0],
        "25": lambda book: 100 / book["may_look"].value.shape[1],
        "4": lambda book: book["may_look"].value.shape[1],
        "1.39": lambda book: math.log(book["may_look"].value.shape[1]),
        # What becomes of these rates, and of the draws: test_training.py, beside PyTorch's.
        **{rate: lambda _, rate=rate: float(rate) for rate in ("0.5", "3", "10", "1.5")},
        **{count: lambda _, count=count: float(count) for count in ("13", "12", "63")},
    },
    "gpt": {
        "2,000": lambda book: book["names"].value.size,
        "16": lambda book: book["read"].value.shape[0],
        "27": lambda book: book["signs"].value.size,
        "3.30": lambda book: math.log(book["signs"].value.size),
        "75": lambda book: book["draw_factor"].value[0, 0],
        "74": lambda book: book["draw_summand"].value[0, 0],
        "65,537": lambda book: (book["drawn"].value / book["chance"].value)[0, 0],
        "1,000": lambda book: 1 / (1 - book.step()["rate_now"].value.item() / 0.01),
    },
    "positions": {
        "2": lambda book: book["positions"].value.shape[1] / book["tips"].value.shape[0],
        "6.28": lambda book: book["wavelength"].value.min(),
    },
    "tokens": {
        "8": lambda book: book["words"].value.size,
        "12": lambda book: book["signs"].value.shape[1],
        "16": lambda book: book["new_signs"].value.shape[1],
        "256": lambda _: 2.0**8,
    },
    "kv-cache": {
        "2": lambda book: book["sizes"].value[0, 5],
        "3": lambda _: float(len(("w_q", "w_k", "w_v"))),
        "16": lambda book: 8 * book["sizes"].value[0, 5],
        # What a reader is asked to type: test_kv_cache.py does.
        "24": lambda _: 24.0,
    },
    "modern-block": {
        "32": lambda book: book["gated"].value.shape[1],
        "48": lambda book: book["relu"].value.shape[1],
    },
    "number-formats": {
        "64": lambda book: 11.0 + 1.0 + 52.0 if book["typed"].value.dtype == np.float64 else 0.0,
        "16": lambda _: math.ceil(53 * math.log10(2)),
        "1E+30": lambda _: LARGEST,
        "127": lambda book: float(book["whole_numbers"].value.max()),
        # What is typed, and asked about: test_number_formats.py says what becomes of it.
        **{asked: lambda _, asked=asked: float(asked) for asked in ("0.25", "0.5", "1000")},
    },
    "common": {
        "0.000000001": lambda _: TOLERANCE,
        "2": lambda book: float(np.linalg.norm(book["X_source"].value, axis=1).mean()),
    },
    "self-attention": {"1E+30": lambda _: LARGEST},
}


def _power_base(book: Book) -> float:
    """ln of the base in which the size of a sum is told."""
    return float((book["log_sum_exp"].value / book["power_of_ten"].value).flat[0])


def texts(code: str) -> dict[str, dict[str, str]]:
    """The lessons' texts in a language, by lesson: English → as it is said."""
    found = tomllib.loads((LANGUAGES / f"{code}.toml").read_text(encoding="utf-8"))["lessons"]
    return {name: found[name] for name in (*LESSONS, "common")}


def numbers(text: str) -> set[str]:
    """The numbers that a text claims."""
    return set(NUMBER.findall(REFERENCES.sub("", text))) - BY_NATURE


@pytest.mark.parametrize("name", [*(name for name in LESSONS if name not in ELSEWHERE), "common"])
def test_every_number_in_a_text_is_worked_out_from_its_book(name: str) -> None:
    # What a question makes up is given, not claimed; its answer is worked out where it is asked.
    given = {one.text for one in asked(name)[1]} if name in LESSONS else set[str]()
    said = set[str]().union(*map(numbers, texts("en")[name].keys() - given))
    claims = CLAIMS.get(name, {})
    assert said - PAPER == set(claims)
    book = lesson(name if name in LESSONS else "cross-attention")
    for number, worked_out in claims.items():
        decimals = len(number.partition(".")[2]) if "E" not in number else 0
        found = round(float(worked_out(book)), decimals)
        assert found == pytest.approx(float(number.replace(",", "")), rel=1e-12), number


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_a_translation_says_the_same_numbers(code: str) -> None:
    thousands, digits = re.compile(r"(?<=\d)[.,](?=\d{3}\b)"), re.compile(r"\d+")
    for name, said in texts(code).items():
        for english, other in said.items():
            pair = (digits.findall(thousands.sub("", text)) for text in (english, other))
            assert len({frozenset(found) for found in pair}) == 1, (name, english)
