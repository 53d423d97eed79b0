"""A form that comes back as it was typed: the unknown word marked, and what it may mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

_QUOTED = re.compile(r"'([^']+)'")
_NEAREST = re.compile(r"nearest known words are ([^()]+)")


@dataclass(frozen=True)
class Slip:
    """A word of an option that is not known.

    Attributes:
        option: which one.
        word: the word, as it was typed.
        offers: what stands nearest to it.
    """

    option: str
    word: str
    offers: tuple[str, ...]


def find_slip(message: str, options: Mapping[str, str]) -> Slip | None:
    """The word that a message in English is about, where an option holds it.

    >>> find_slip("the translator knows no source word 'hapy'; did you mean 'happy'?",
    ...           {"sentence": "I am hapy"})
    Slip(option='sentence', word='hapy', offers=('happy',))
    """
    word, *others = _QUOTED.findall(message) or [""]
    nearest = _NEAREST.search(message)
    offers = nearest[1].strip().split(", ") if nearest else others
    for option, text in options.items():
        if word and word in text.split():
            return Slip(option, word, tuple(offers))
    return None


def marked(slip: Slip, options: Mapping[str, str], address: str, label: str) -> str:
    """The sentence with its word marked, and links to the same book with each offer instead."""
    words = options[slip.option].split()
    shown = " ".join(f"<mark>{escape(w)}</mark>" if w == slip.word else escape(w) for w in words)
    links = " · ".join(_offer(slip, options, address, offer) for offer in slip.offers)
    return f'<p class="slip">{shown}</p>' + (
        f'<p class="slip">{label} {links}</p>' if links else ""
    )


def _offer(slip: Slip, options: Mapping[str, str], address: str, offer: str) -> str:
    words = [offer if w == slip.word else w for w in options[slip.option].split()]
    query = urlencode({**options, slip.option: " ".join(words)})
    return f'<a href="{escape(f"{address}?{query}")}">{escape(offer)}</a>'
