"""Words as people type them: what stands around them, short forms, and words that are near."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

BLANKS = "\u00a0\u202f"
"""Spaces that do not break, as pages and phones write them."""
APOSTROPHES = "’‘"
MARKS = '.,;:!?¿¡…()"“”„«»'
"""No word of a lesson or of the translator has one of these inside."""

_ACCENTED = "áàâãéêíóôõúüç"

_NOT = "is are was were do does did have has had could would should"
_PERSONS = "I you he she it we they"
_BE = {"I": ("m", "am"), "he": ("s", "is"), "she": ("s", "is"), "it": ("s", "is")}


def _short_forms() -> dict[str, str]:
    forms = {f"{verb}n't": f"{verb} not" for verb in _NOT.split()}
    forms |= {"can't": "cannot", "won't": "will not"}
    for person in _PERSONS.split():
        short, full = _BE.get(person, ("re", "are"))
        forms[f"{person}'{short}"] = f"{person} {full}"
        forms[f"{person}'ll"] = f"{person} will"
    forms |= {f"{person}'ve": f"{person} have" for person in ("I", "you", "we", "they")}
    asked = ("that", "there", "who", "what", "where")
    return forms | {f"{word}'s": f"{word} is" for word in asked}


SHORT_FORMS: Mapping[str, str] = _short_forms()
"""Two English words that people write as one, with an apostrophe."""

_BY_LETTERS = {form.replace("'", "").casefold(): full for form, full in SHORT_FORMS.items()}
_OTHER_WORDS = frozenset(["ill", "hell", "shell", "well", "wed", "were", "its", "wont"])
"""Words of their own that look like a short form without its apostrophe."""

_ENDINGS = ("s", "es", "d", "ed", "ing", "er", "est", "ly")
_SHORTEST_STEM = 3
_FROM_ONE, _FROM_TWO = 4, 6
"""Words of so many letters may differ in one of them, and in two."""


def without_marks(word: str) -> str:
    """A word without the blanks and marks around it; a word of marks alone stays.

    >>> without_marks("“Happy.”"), without_marks("?")
    ('Happy', '?')
    """
    return word.strip(f"{MARKS}{APOSTROPHES}' {BLANKS}") or word


def is_mark(text: str) -> bool:
    """Whether a text is a mark that stands around words: no letter, no other sign."""
    return bool(text) and not text.strip(f"{MARKS}{APOSTROPHES}'")


def short_form(word: str) -> str:
    """What a short form stands for, as two words; empty if it is none.

    >>> short_form("don’t"), short_form("im"), short_form("its")
    ('do not', 'I am', '')
    """
    for mark in APOSTROPHES:
        word = word.replace(mark, "'")
    typed = word.casefold()
    return "" if typed in _OTHER_WORDS else _BY_LETTERS.get(typed.replace("'", ""), "")


def loose_accents() -> Iterator[tuple[str, str]]:
    """The letters with accents of Portuguese, spelled as two signs as some systems do, and as one.

    >>> next(loose_accents()) == ("a" + "\N{COMBINING ACUTE ACCENT}", "á")
    True
    """
    for letter in _ACCENTED:
        yield unicodedata.normalize("NFD", letter), letter


def near_words(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words that somebody may have meant, the likeliest first; none where none is near.

    Near is a word with another ending (houses, house), or one that differs in one letter, of long
    words in two; of words with three letters or fewer only an accent, the order of two letters, or
    a last letter that is doubled or a silent e.

    >>> near_words("hapy", ["happy", "bread"]), near_words("zebra", ["happy", "bread"])
    (['happy'], [])
    """
    spelled = {each.casefold(): each for each in known}
    far = {each: _distance(word.casefold(), each) for each in spelled}
    near = sorted((away, each) for each, away in far.items() if away is not None)
    return [spelled[each] for _, each in near[:most]]


def _distance(word: str, other: str) -> float | None:
    """How far apart two words are, from 0; None where they are not near."""
    word, other = _without_accents(word), _without_accents(other)
    if word == other:
        return 0
    if other in _stems(word) or word in _stems(other):
        return 0.5
    if other in (f"{word}e", word + word[-1:]) or word == other + other[-1:]:
        return 1
    shorter = min(len(word), len(other))
    if abs(len(word) - len(other)) > 2 or not shorter:
        return None
    changes = edit_distance(word, other)
    if changes == 1 and sorted(word) == sorted(other):
        return 1
    allowed = (shorter >= _FROM_ONE) + (shorter >= _FROM_TWO)
    # What begins otherwise is mostly another word: dark and park.
    near = changes <= allowed and word[0] == other[0]
    return changes if near else None


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _stems(word: str) -> set[str]:
    """What a word may be an inflection of: houses, house; cities, city; bigger, big."""
    stems: set[str] = set()
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            doubled = stem[:-1] if stem[-1] == stem[-2] else stem
            stems |= {stem, f"{stem}e", doubled, f"{stem[:-1]}y" if stem[-1] == "i" else stem}
    return stems


def edit_distance(word: str, other: str) -> int:
    """Letters to add, leave out, change or swap with the next, until a word is the other.

    Source: optimal string alignment, a restricted Damerau-Levenshtein distance.

    >>> edit_distance("hapyp", "happy"), edit_distance("gren", "green")
    (1, 1)
    """
    before: list[int] = []
    line = list(range(len(other) + 1))
    for i, letter in enumerate(word):
        older, before = before, line
        line = [i + 1]
        for j, wanted in enumerate(other):
            least = min(before[j] + (letter != wanted), before[j + 1] + 1, line[j] + 1)
            if i and j and letter == other[j - 1] and word[i - 1] == wanted:
                least = min(least, older[j - 1] + 1)
            line.append(least)
    return line[-1]
