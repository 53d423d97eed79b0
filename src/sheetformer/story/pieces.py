"""Pieces of text that models read: as a person reads them, and joined to words.

Tokenizers mark where a word begins (`▁cat`, `Ġcat`), goes on (`##s`) or ends (`cat</w>`), and some
write bytes as signs: `ðŁĺĢ` is 😀.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

LONGEST_LABEL = 24
"""Signs of a piece that stand at a row or a column; of a longer one the middle is left out."""
_FALLBACK = re.compile(r"(?:<0x[0-9A-Fa-f]{2}>)+")
_SPACES = {" ": "␣", "\n": "⏎", "\t": "⇥"}
"""How a piece that is nothing but a space is shown."""


@cache
def _byte_of() -> dict[str, int]:
    """Sign → byte, as GPT-2 and many after it write bytes (Radford et al. 2019)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    moved = {chr(256 + i): byte for i, byte in enumerate(others)}
    return {chr(byte): byte for byte in plain} | moved


def readable(piece: str) -> str:
    """A piece as a person reads it: bytes decoded, a lone space as a sign for it.

    What is no whole text in bytes stays as it is.

    >>> [readable(p) for p in ("ðŁĺĢ", "ĠÃ©", "Ġ", "<0xC3><0xA9>", "não", "##s")]
    ['😀', 'é', '␣', 'é', 'não', '##s']
    """
    decoded = _FALLBACK.sub(lambda found: _fallback(found[0]), piece)
    table = _byte_of()
    if decoded and all(sign in table for sign in decoded):
        try:
            decoded = bytes(table[sign] for sign in decoded).decode()
        except UnicodeDecodeError:
            return decoded
    if decoded in (piece, ""):
        return "␣" if piece == "▁" else piece
    return decoded.strip(" ") if decoded.strip() else _shown_space(decoded)


def _shown_space(text: str) -> str:
    return "".join(_SPACES.get(sign, sign) for sign in text)


def _fallback(marked: str) -> str:
    try:
        return bytes.fromhex(marked.replace("<0x", "").replace(">", "")).decode()
    except UnicodeDecodeError:
        return marked


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """A text with its middle left out, where it has more signs than that.

    >>> shortened("abcdefghij", 5), shortened("abc", 5)
    ('ab…ij', 'abc')
    """
    if len(text) <= longest:
        return text
    end = (longest - 1) // 2
    return f"{text[: longest - 1 - end]}…{text[len(text) - end :]}"


# Words of pieces.


def words_of(pieces: Sequence[str]) -> list[tuple[str, range]]:
    """Each word with the places of its pieces; marks of punctuation stand by themselves.

    >>> [word for word, _ in words_of(["▁un", "believ", "able", "!", "</s>"])]
    ['unbelievable', '!', '</s>']
    >>> [word for word, _ in words_of(["play", "##ing", "[SEP]"])]
    ['playing', '[SEP]']
    """
    starts = [*_starts(pieces), len(pieces)]
    places = [range(a, b) for a, b in pairwise(starts)]
    return [(_joined([pieces[i] for i in place]), place) for place in places]


def _starts(pieces: Sequence[str]) -> Iterator[int]:
    begins = any(piece.startswith(("▁", "Ġ")) for piece in pieces)
    ends = any(piece.endswith("</w>") for piece in pieces)
    for i, piece in enumerate(pieces):
        before = pieces[i - 1] if i else ""
        goes_on = piece.startswith("##") or before.endswith("@@")
        goes_on = goes_on or (begins and not piece.startswith(("▁", "Ġ", "Ċ", "ĉ")))
        goes_on = goes_on or (ends and not before.endswith("</w>"))
        if not i or _alone(piece) or _alone(before) or not goes_on:
            yield i


def _alone(piece: str) -> bool:
    """Whether a piece is a sign of the tokenizer's own, or punctuation."""
    if _FALLBACK.fullmatch(piece):
        return False
    text = piece.removeprefix("▁").removeprefix("Ġ").removesuffix("</w>")
    return _special(piece) or (bool(text) and all(sign in string.punctuation for sign in text))


def _special(piece: str) -> bool:
    """Whether a piece is a sign of the tokenizer's own, such as [SEP] or <|endoftext|>."""
    text = piece.removeprefix("▁").removeprefix("Ġ").removesuffix("</w>")
    byte = _FALLBACK.fullmatch(piece) is not None
    return not byte and len(text) > 2 and text[0] + text[-1] in ("[]", "<>")


def _joined(parts: Sequence[str]) -> str:
    """The word that pieces are together."""
    bare = [part.removesuffix("</w>").removesuffix("@@") for part in parts]
    whole = "".join([bare[0], *(part.removeprefix("##") for part in bare[1:])])
    return readable(whole.removeprefix("▁") or whole)


def in_text(pieces: Sequence[str]) -> list[str]:
    """Each piece of a vocabulary as it stands in a text, spaces included; a tokenizer's own is "".

    >>> in_text(["<s>", "▁play", "ing", "▁"]), in_text(["[SEP]", "play", "##ing"])
    (['', ' play', 'ing', ' '], ['', ' play', 'ing'])
    """
    begins = any(piece.startswith(("▁", "Ġ")) for piece in pieces)
    goes_on = any(piece.startswith("##") or piece.endswith("@@") for piece in pieces)
    ends = any(piece.endswith("</w>") for piece in pieces)
    letters = max(map(len, pieces), default=0) < 2
    words = not (begins or ends or letters)
    return [_in_text(piece, words=words or goes_on, ends=ends) for piece in pieces]


def _in_text(piece: str, *, words: bool, ends: bool) -> str:
    if _special(piece):
        return ""
    if piece in ("▁", "Ġ", "Ċ", "ĉ"):
        return " "
    bare = piece.removeprefix("##").removeprefix("▁").removeprefix("Ġ")
    bare = readable(bare.removesuffix("</w>").removesuffix("@@"))
    space = piece.startswith(("▁", "Ġ")) or (words and not piece.startswith("##"))
    return " " * space + bare + " " * (ends and piece.endswith("</w>"))
