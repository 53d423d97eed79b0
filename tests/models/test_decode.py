"""The shipped translators: what they say, what their cards say of them, and what they refuse."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.corpus.grammar import EXAMPLES, families
from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.vocabulary import split_words
from sheetformer.errors import WordError
from sheetformer.models import transformer
from sheetformer.models.decode import generate_translation, load_translator
from sheetformer.models.evaluation import judge
from sheetformer.models.weights_file import DEFAULT, VARIANTS

PAIRS = {pair.source: pair for kind in families().values() for pair in kind}
CARDS = "".join(
    (files("sheetformer.models") / "weights" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("translator", "translator_small")
)

TestPairs = Callable[[str], tuple[Pair, ...]]
Translated = Callable[[str], list[tuple[str, ...]]]

SENTENCES = {
    "I am happy": "eu sou feliz",
    "the red house": "a casa vermelha",
    "we see the red house": "nós vemos a casa vermelha",
    "she is tired": "ela está cansada",
    "the dog is small": "o cachorro é pequeno",
    "he likes the book": "ele gosta do livro",
    "The cat is in the garden.": "o gato está no jardim",
    "Do you like milk?": "você gosta de leite ?",
    # Sentences that a smaller translator once got wrong without a word.
    "I never drink milk at night": "eu nunca bebo leite à noite",
    "the black dog drinks water": "o cachorro preto bebe água",
    "my house is small and old": "minha casa é pequena e velha",
    "they live in a big house": "eles moram em uma casa grande",
    "I love you": "eu te amo",
    "she sees him": "ela o vê",
    # Everyday ones that are in no training.
    "we do not have a car": "nós não temos um carro",
    "she always reads a book at night": "ela sempre lê um livro à noite",
    "the old red car is very expensive": "o carro velho e vermelho é muito caro",
    "are there apples on the table ?": "há maçãs na mesa ?",
    "where do your children study ?": "onde suas crianças estudam ?",
    "I want to buy a new phone": "eu quero comprar um telefone novo",
    "who is in the kitchen ?": "quem está na cozinha ?",
    "my sister likes him": "minha irmã gosta dele",
    "does she love me ?": "ela me ama ?",
    "they work in a big hospital": "eles trabalham em um hospital grande",
    "her brothers are hungry": "os irmãos dela estão com fome",
}


@pytest.mark.parametrize(("english", "portuguese"), SENTENCES.items())
def test_says_what_a_person_would_say(english: str, portuguese: str) -> None:
    assert generate_translation(english).text == portuguese


@pytest.mark.parametrize("name", VARIANTS)
@pytest.mark.parametrize("english", EXAMPLES)
def test_every_variant_knows_the_examples(english: str, name: str) -> None:
    expected = PAIRS[split_words(english)]
    result = generate_translation(english, load_translator(name))
    assert result.words == expected.target
    if load_translator(name).weights.facts.guided:
        for row, column in enumerate(result.alignment.argmax(axis=1)):
            assert (int(column), row) in expected.sure + expected.possible


def test_red_and_vermelha_meet() -> None:
    result = generate_translation("we see the red house")
    assert result.alignment.shape == (5, 5)
    assert result.alignment[4, 3] == result.alignment[4].max() > 0.5
    np.testing.assert_allclose(result.alignment.sum(axis=1), 1)


def test_each_step_says_what_it_read_and_wrote() -> None:
    result = generate_translation("I am happy")
    assert [step.label for step in result.steps] == [
        "<s> → eu",
        "eu → sou",
        "sou → feliz",
        "feliz → </s>",
    ]
    for step in result.steps:
        assert step.candidates[0][0] == step.written
        shares = [share for _, share in step.candidates]
        assert shares == sorted(shares, reverse=True)
        assert step.attention.shape == (2, 3)


@pytest.mark.parametrize("name", VARIANTS)
def test_the_card_states_the_figures(
    name: str, test_pairs: TestPairs, translated: Translated
) -> None:
    figures = judge(load_translator(name), test_pairs(name), translated(name))
    row = re.search(rf"^\| `{name}` \| ([0-9.]+) % \| ([0-9.]+) % \|", CARDS, re.MULTILINE)
    assert row, f"the card has no figures of {name}"
    assert float(row[1]) == pytest.approx(100 * figures.exact, abs=0.005)
    assert float(row[2]) == pytest.approx(100 * (figures.error_rate or 0), abs=0.005)
    if name != "translator_unguided":
        assert figures.exact >= (0.99 if name == DEFAULT else 0.995)
        assert (figures.error_rate or 0) <= 0.02


def test_an_unknown_word_is_named_with_its_neighbours() -> None:
    with pytest.raises(WordError, match="no source word 'hause'; did you mean 'house'"):
        generate_translation("the red hause")
    with pytest.raises(WordError, match=r"no source word 'zzzz'; it knows \d+ others"):
        generate_translation("zzzz")


@pytest.mark.parametrize("sentence", [" I am happy. ", "“I am happy”", "I\u00a0am, happy!"])
def test_marks_that_it_has_not_learned_are_left_out(sentence: str) -> None:
    assert generate_translation(sentence).text == "eu sou feliz"


@pytest.mark.parametrize(
    ("sentence", "full"),
    [("I'm happy", "I am"), ("we don’t run", "do not"), ("I can't", "cannot"), ("it's", "it is")],
)
def test_a_short_form_is_answered_with_its_words(sentence: str, full: str) -> None:
    with pytest.raises(WordError, match=f"write '{full}'"):
        generate_translation(sentence)


def test_a_long_sentence_is_refused_with_a_way_out() -> None:
    with pytest.raises(
        WordError, match=r"at most 11 words and marks, this sentence has 12; .*--max"
    ):
        generate_translation("the " * 12)
    with pytest.raises(WordError, match="no word to translate"):
        generate_translation("  ")


def test_a_word_is_known_in_any_case() -> None:
    assert generate_translation("i am HAPPY").text == "eu sou feliz"
    assert generate_translation(["I", "am", "Happy"]).words == ("eu", "sou", "feliz")


def test_one_sentence_takes_milliseconds() -> None:
    generate_translation("we see the red house")
    times: list[float] = []
    for _ in range(20):
        start = time.perf_counter()
        generate_translation("the girls read the letter every day")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.02


def test_traced_and_plain_arrays_give_the_same_numbers() -> None:
    weights = load_translator().weights
    words = [weights.vocabulary.source.index(word) for word in ("the", "red", "house")]
    positions = transformer.positional_encoding(3, weights.d_model)

    def encoder(rows, visible):
        x = transformer.embed(rows, positions)
        return transformer.encode(weights.tensors, x, visible, heads=2, layers=1)

    rows = weights.tensors["source_embedding"][words]
    visible = np.ones((1, 3))
    book = sf.trace(encoder, rows, visible)
    expected = encoder(rows, visible)
    values = [book[name].value for name in book.blocks]
    assert any(x.shape == expected.shape and np.allclose(x, expected, atol=1e-12) for x in values)


def test_padding_changes_nothing() -> None:
    translator = load_translator()
    numbers = np.array(translator.read(["the", "red", "house"]))
    padded = np.concatenate([numbers, [0, 0]])
    memory = translator.memory(numbers)
    np.testing.assert_allclose(translator.memory(padded)[:3], memory, atol=1e-12)


def test_needs_no_torch() -> None:
    code = (
        "import sys, sheetformer, sheetformer.models.align as a, sheetformer.models.decode"
        " as d; d.generate_translation('I am happy'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
