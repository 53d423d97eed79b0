"""The everyday grammar: every draw well formed, aligned, in agreement and as people say it."""

from __future__ import annotations

import re
import subprocess
import sys
from random import Random

import pytest

from sheetformer.corpus import everyday
from sheetformer.corpus import everyday_words as words
from sheetformer.corpus import lexicon as lex
from sheetformer.corpus.everyday_clauses import LONGEST
from sheetformer.corpus.everyday_phrases import Draw, OddError, noun_phrase
from sheetformer.corpus.outside import OUTSIDE
from sheetformer.corpus.phrases import Pair

DRAWN = everyday.draw_pairs(6000)
TEXTS = [(" ".join(pair.source), " ".join(pair.target)) for pair in DRAWN]


def test_it_is_wide() -> None:
    assert len({word for pair in DRAWN for word in pair.source}) >= 350
    assert max(len(pair.source) for pair in DRAWN) == LONGEST + 1  # with the question mark
    assert len(everyday.KINDS) >= 14


def test_every_pair_is_aligned_and_in_range() -> None:
    for pair in DRAWN:
        links = pair.sure + pair.possible
        assert len(set(links)) == len(links)
        assert all(0 <= i < len(pair.source) and 0 <= j < len(pair.target) for i, j in links)
        assert {j for _, j in pair.sure} == set(range(len(pair.target)))


def test_no_contraction_is_missed() -> None:
    separate = {
        (p, a) for p in ("de", "em") for a in ("o", "a", "os", "as", "este", "esta", "ele", "ela")
    } | {("com", "mim"), ("com", "nós")}
    for pair in DRAWN:
        assert not separate & set(zip(pair.target, pair.target[1:], strict=False))


def test_questions_and_denials_match() -> None:
    denials = {"not", "cannot", "no"}
    for pair in DRAWN:
        assert ("?" in pair.source) == ("?" in pair.target)
        assert sum(word in denials for word in pair.source) == pair.target.count("não")
        assert pair.source.count("never") == pair.target.count("nunca")


def test_indefinite_article_goes_by_the_next_word() -> None:
    for pair in DRAWN:
        for word, following in zip(pair.source, pair.source[1:], strict=False):
            if word in ("a", "an"):
                assert (word == "an") == (following[0] in "aeiou")


# Written out by hand, so that a slip in the rules does not repeat itself here.
CASES = [
    (r"^\w+ (love|loves|hate|hates) you\b", r"\bte (am|ode)\w+"),
    (r"^\w+ (see|sees|find|finds|help|helps) him\b", r"^\w+ o (v[êeij]\w*|encontr\w+|ajud\w+)"),
    (r"\b(like|likes) (him|them)\b", r"\bgost\w+ deles?\b"),
    (r"\b(need|needs) me\b", r"\bprecis\w+ de mim\b"),
    (r"\bwith me\b", r"\bcomigo\b"),
    (r"\bwith us\b", r"\bconosco\b"),
    (r"^it is (very )?(cold|hot|dark)\b", r"^está (muito )?(frio|quente|escuro)\b"),
    (r"^there is no (milk|water|tea|rice)\b", r"^não há (leite|água|chá|arroz)\b"),
    (r"^there is no (dog|cat|boy|book|man)\b", r"^não há nenhum \w+"),
    (r"\bhungry\b", r"\bcom fome\b"),
    (r"\blives? in a\b", r"\bmor\w+ em uma?\b"),
    (r"\bin my (house|kitchen|city|school|street)\b", r"\bna minha \w+"),
    (r"^can you\b", r"^você pode\b"),
    (r"\bto help me\b", r"\bme ajudar\b"),
    (r"^where is my\b", r"^onde está (meu|minha)\b"),
    (r"\bdoes not always\b|\bdo not always\b", r"$^"),
    (r"^how many (houses|cows|girls|tables)\b", r"^quantas\b"),
    (r"^who (drinks|eats|reads)\b", r"^quem (bebe|come|lê)\b"),
    (r"\btoo (small|big|old)\b", r"\b(pequen|grande|velh)\w* demais\b"),
    (r"\b(small|big) and (old|new)\b", r"\b(pequen|grande)\w* e (velh|nov)\w+\b"),
]


@pytest.mark.parametrize(("english", "portuguese"), CASES)
def test_says_what_a_person_would_say(english: str, portuguese: str) -> None:
    for source, target in TEXTS:
        if re.search(english, source):
            assert re.search(portuguese, target), (source, target)


def test_most_of_the_cases_are_drawn() -> None:
    found = [any(re.search(english, source) for source, _ in TEXTS) for english, _ in CASES]
    assert sum(found) >= 14


def test_the_noun_phrase_agrees() -> None:
    chance = Random(1)
    nouns = {form: noun for noun in words.NOUNS for form in noun.english.values()}
    for _ in range(400):
        draw = Draw(chance)
        phrase = noun_phrase(draw, ("thing", "person", "animal", "place"), "")
        noun = nouns[phrase.pair.source[-1]]
        column = 2 * (phrase.number == "p") + (noun.gender == "f")
        first = phrase.pair.source[0]
        forms = words.DETERMINERS["the" if first in lex.OWNERS else {"an": "a"}.get(first, first)]
        assert phrase.pair.target[0] == forms[column]
        for word in phrase.pair.source[1:-1]:
            if word != "very":
                assert words.ADJECTIVES[word][column] in phrase.pair.target


def test_nobody_says_odd_things_of_people() -> None:
    chance = Random(2)
    for _ in range(2000):
        try:
            phrase = noun_phrase(Draw(chance, free=True), ("person",), "eat")
        except OddError:
            continue
        if phrase.kind == "person":
            assert not words.NOT_OF_PEOPLE & set(phrase.pair.source)


def test_the_part_of_a_sentence_follows_from_its_text() -> None:
    parts = everyday.draw_parts(2000, 50)
    assert parts["train"] == everyday.draw_pairs(2000)
    assert parts["test"] == everyday.draw_pairs(50, "test")
    assert not {p.source for p in parts["train"]} & {p.source for p in parts["test"]}
    assert len({pair.source for pair in DRAWN}) == len(DRAWN)


def test_unseen_combinations_are_in_no_training() -> None:
    unseen = {pair.source for pair in everyday.draw_pairs(200, "test", unseen=True)}
    other = {pair.source for pair in everyday.draw_pairs(3000, "test")}
    assert not unseen & other


def test_the_same_draw_whatever_the_hash_seed() -> None:
    code = (
        "from sheetformer.corpus import everyday;"
        "print(hash(tuple(len(p.source) * 31 + len(p.target) for p in everyday.draw_pairs(300))))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_examples_are_of_known_words() -> None:
    known = {word for pair in everyday.draw_pairs(20_000) for word in pair.source}
    for pair in everyday.examples():
        assert set(pair.source) <= known
    assert all(set(source) <= known for source, _ in OUTSIDE)


def test_every_word_with_several_uses_has_a_kind_of_its_own() -> None:
    kinds = everyday.word_kinds()
    assert kinds["open"] == kinds["clean"] == "do/adjective"
    assert kinds["house"] == kinds["dog"] == "noun"
    assert kinds["water"] == "substance"
    assert "you" not in kinds


def test_examples_have_right_words() -> None:
    assert Pair(("I", "love", "you"), ("eu", "te", "amo"), ()) in everyday.examples()
