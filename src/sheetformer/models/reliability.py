"""How well a translator says what it does not know: figures inside and outside its grammar.

python -m sheetformer.models.reliability
python -m sheetformer.models.reliability mine.safetensors
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from sheetformer.corpus import everyday
from sheetformer.corpus.outside import OUTSIDE
from sheetformer.models.decode import Translator, generate_translation, load_translator
from sheetformer.models.weights_file import DEFAULT

COUNT = 500
"""How many sentences of each drawn sort."""

ORDERS = 20_000
"""How many sentences say which orders of kinds are inside the grammar."""

Sentence = tuple[tuple[str, ...], frozenset[tuple[str, ...]]]
"""English words, and the translations that are right; none where no translation is."""


@dataclass(frozen=True)
class Reliability:
    """How many sentences were translated right and wrong, and how many of each were flagged."""

    right: int = 0
    wrong: int = 0
    right_flagged: int = 0
    wrong_flagged: int = 0

    def __add__(self, other: Reliability) -> Reliability:
        return Reliability(
            self.right + other.right,
            self.wrong + other.wrong,
            self.right_flagged + other.right_flagged,
            self.wrong_flagged + other.wrong_flagged,
        )

    def __str__(self) -> str:
        return (
            f"{self.right + self.wrong} sentences, {self.right} right; flagged: "
            f"{self.right_flagged} of the {self.right} right ones, "
            f"{self.wrong_flagged} of the {self.wrong} wrong ones"
        )


def measure(translator: Translator, sentences: Iterable[Sentence]) -> Reliability:
    """Translate the sentences, and see which of them are flagged."""
    total = Reliability()
    for source, answers in sentences:
        result = generate_translation(source, translator)
        flagged = int(result.verdict != "learned")
        if result.words in answers:
            total += Reliability(right=1, right_flagged=flagged)
        else:
            total += Reliability(wrong=1, wrong_flagged=flagged)
    return total


def inside(part: everyday.Part = "test", count: int = 4 * COUNT) -> list[Sentence]:
    """Sentences of the grammar that no training sees."""
    return _with_answers(everyday.draw_pairs(count, part))


def odd_words() -> list[Sentence]:
    """Sentences of the grammar's kinds with a pair of words that no training combines."""
    return _with_answers(everyday.draw_pairs(COUNT, "test", unseen=True))


def otherwise() -> list[Sentence]:
    """Sentences of other kinds, written by hand."""
    return list(OUTSIDE)


def mangled(seed: int = 0) -> list[Sentence]:
    """Sentences that are none any more: words swapped, left out, added or shuffled.

    Left out are those whose order of kinds a sentence of the grammar has.
    """
    chance, kinds = Random(seed), everyday.word_kinds()

    def order(words: Sequence[str]) -> tuple[str, ...]:
        return tuple(kinds.get(word, word) for word in words)

    known = {order(pair.source) for pair in everyday.draw_pairs(ORDERS)}
    found = dict.fromkeys(
        _mangle(list(pair.source), chance) for pair in everyday.draw_pairs(2 * COUNT, "test")
    )
    odd = [words for words in found if order(words) not in known and 1 < len(words) <= 11]
    return [(words, frozenset()) for words in odd[:COUNT]]


def _mangle(words: list[str], chance: Random) -> tuple[str, ...]:
    how = chance.choice(("swap", "drop", "add", "shuffle"))
    place = chance.randrange(len(words))
    if how == "swap":
        words[place - 1], words[place] = words[place], words[place - 1]
    elif how == "drop":
        del words[place]
    elif how == "add":
        words.insert(place, chance.choice(words))
    else:
        chance.shuffle(words)
    return tuple(words)


def _with_answers(pairs: Iterable[everyday.Pair]) -> list[Sentence]:
    return [(pair.source, frozenset({pair.target})) for pair in pairs]


def main(arguments: Sequence[str] = ()) -> None:
    """Print the figures of the model card."""
    translator = load_translator(*arguments[:1] or (DEFAULT,))
    known = set(translator.weights.vocabulary.source)
    sorts = {
        "inside": inside(),
        "odd words": odd_words(),
        "built otherwise": otherwise(),
        "mangled": mangled(),
    }
    outside = Reliability()
    for name, sentences in sorts.items():
        figures = measure(translator, (each for each in sentences if known.issuperset(each[0])))
        sys.stdout.write(f"{name}: {figures}\n")
        outside += Reliability() if name == "inside" else figures
    sys.stdout.write(f"outside, all: {outside}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
