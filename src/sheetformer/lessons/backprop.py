"""Lesson: backpropagation; the embeddings are learned, and here is how, number by number.

Forward: Attention(Q, K, V) = softmax(Q Kᵀ / √d) V (Vaswani et al. 2017, section 3.2.1, equation 1)
and a cross-entropy loss. Backward: the chain rule, from the loss to every number (Rumelhart, Hinton
and Williams 1986), by `sheetformer.graph.autodiff.accumulation`, one rule an operation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import WordError
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.accumulation import gradients
from sheetformer.lessons import recovery
from sheetformer.lessons.backprop_gradients import place_gradients, way_back
from sheetformer.lessons.backprop_learning import GROUP, Done, nudge, step
from sheetformer.lessons.backprop_questions import questions
from sheetformer.lessons.options import number, whole
from sheetformer.lessons.recovery import Parameters, Task
from sheetformer.lessons.story import Lesson, order
from sheetformer.story.check import check
from sheetformer.story.names import keep_steps
from sheetformer.story.questions import ask
from sheetformer.story.story import Story

TITLE = "Backpropagation: how embeddings are learned"
MAX_WORDS = 8
WAY = ("E_target", "Q", "scores", "scaled", "weights", "blend", "logits", "surprise", "loss")
"""Blocks on one way from the embeddings to the loss."""


def backprop(
    source: str = "I am happy",
    target: str = "eu sou feliz",
    d_model: int = 2,
    learning_rate: float = 5.0,
    seed: int = 0,
    formulas: str = "matrix",
) -> Book:
    """The lesson's book: one phrase pair, random numbers, the way forward and the way back.

    Args:
        source: 2 to 8 words that are looked at.
        target: 2 to 8 words, each only once, that look.
        d_model: numbers in a word's vector, 2 to 4.
        learning_rate: how far the step goes, above 0 and up to 100.
        seed: of the random numbers, 0 to 9999.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: a number is out of bounds.
        WordError: too few or too many words, or a target word twice.
    """
    words = (_words(source, "source"), _words(target, "target"))
    if len(set(words[1])) < len(words[1]):
        raise WordError("a word stands twice in the target sentence; here each must be another")
    width, draw = whole("d_model", d_model, 2, 4), whole("seed", seed, 0, 9999)
    rate = number("learning_rate", learning_rate, 0, 100)
    story = Story(TITLE, head=LESSON.head())
    model = _model(story, words, width, draw)
    task = _task(story, words[1])
    loss, root = _forward(story, model, task, width)
    keep_steps(story)
    done = Done(model, task, root, loss, gradients(loss, list(model)))
    place_gradients(story)
    way_back(story, WAY, story.stage_of(loss.node))
    nudge(story, done)
    step(story, done, rate)
    questions(story)
    ask(story, GROUP)
    story.order = order(GROUP, "Nudge", "After the step")
    check(story)
    return build(story, formulas)


def _words(text: str, side: str) -> list[str]:
    found = unicodedata.normalize("NFC", text).split()
    if not 2 <= len(found) <= MAX_WORDS:
        raise WordError(
            f"the {side} sentence has {len(found)} words; this lesson takes 2 to {MAX_WORDS}"
        )
    return found


def _model(story: Story, words: Sequence[Sequence[str]], width: int, seed: int) -> Parameters:
    story.stage(
        "1   Embeddings begin as random numbers",
        "Nobody types embeddings, the rows of numbers that stand for words: they begin as random "
        "numbers and are learned. The task: each target word looks at the source words, and from "
        "what it sees it must name itself (step 5). The loss (step 6) says how badly that goes. "
        "Below a block stands its gradient, d_…: how fast the loss grows when that number grows. "
        "Read the numbers downwards, and the gradients upwards, from step 6. What is used in two "
        "places gets a part of its gradient from each. Type other numbers and watch.",
        "E_source, E_target",
        GROUP,
    )
    labels = (np.array(words[0], dtype=object), np.array(words[1], dtype=object))
    shapes = [(len(words[0]), width), (len(words[1]), width), *[(width, width)] * 3]
    notes = (
        "The source words.",
        "The target words.",
        "Makes queries.",
        "Makes keys.",
        "Makes values.",
    )
    matrices = recovery.random_numbers(shapes, seed, 0.7)
    return recovery.declare(story, matrices, labels, notes)


def _task(story: Story, words: Sequence[str]) -> Task:
    labels = np.array(words, dtype=object)
    note = "1 for the word that each blend must name."
    right = story.constant(
        np.eye(len(words)),
        "right_word",
        title="The right words",
        note=note,
        labels=(labels, labels),
        number_format="integer",
    )
    return Task(range(len(words)), None, right, labels)


def _forward(story: Story, model: Parameters, task: Task, width: int) -> tuple[Array, Array]:
    stage = story.stage(
        "2   Query, key, value",
        "Each target word asks (query), each source word offers (key) and gives (value). Three "
        "matrices, which are learned, too, make these rows from the embeddings. Backward: a matrix "
        "product Y = A B hands its gradient on to both sides, to A as d_Y Bᵀ and to B as Aᵀ d_Y.",
        "Q, K, V = E W",
        GROUP,
    )
    story.place(model.w_q, model.w_k, model.w_v, stage=stage)
    query, key, value = recovery.project(story, model)
    story.place(query, line=True)
    story.stage(
        "3   Compare and scale",
        "Every query meets every key: their dot product is the score, how well question and offer "
        "fit. Divided by √d it does not grow with d (the lesson scaling tells why). Backward: what "
        "is divided on the way there is divided on the way back.",
        "scaled = Q Kᵀ / √d",
        GROUP,
    )
    root = recovery.root_of_width(story, width)
    scaled = recovery.compare(story, query, key, root)
    _softmax_stage(story)
    weights = recovery.weigh(story, scaled, task)
    mixed = recovery.blend(story, weights, value)
    story.stage(
        "5   Which word is it?",
        "The blend of each row is compared with every target word: the logits. Softmax makes "
        "probabilities of them. Each row should name its own word, although its blend is made of "
        "source words only.",
        "p = softmax(blend E_targetᵀ)",
        GROUP,
    )
    found = recovery.guess(story, mixed, model.target)
    stage = _loss_stage(story)
    story.place(task.right, stage=stage)
    return recovery.surprise_of(story, found, task.right), root


def _softmax_stage(story: Story) -> None:
    story.stage(
        "4   Softmax and blend",
        "Softmax turns the scores of a row into shares, and the row takes that much of every "
        "value: its blend. Backward through softmax: a score's gradient is its share times how far "
        "that share's gradient (d_weights) lies above the mean of its row, where each counts by "
        "its share. Each row of d_scaled adds up to 0: a share grows only at the cost of others.",
        "blend = softmax(scaled) V",
        GROUP,
    )


def _loss_stage(story: Story) -> int:
    return story.stage(
        "6   The loss, where the way back begins",
        "How surprised is the model at the right words? p is the probability that it gives the "
        "right word of a row. −ln p is 0 when the right word got all, and large when it got "
        "little; the loss is the mean of the rows. From here it goes back: d_loss is 1, and every "
        "other gradient comes from the one after it by the chain rule.",
        "loss = mean(−ln p(right word))",
        GROUP,
    )


LESSON = Lesson(
    TITLE,
    "Where embeddings come from: the loss, and the gradient of every block beside it, live.",
    backprop,
    name="backprop",
    goal="follow a loss back to every number, and check a gradient with a nudge",
    needs=("cross-attention", "softmax"),
    minutes=30,
    blanks="scores, blend, surprise, loss, d_logits",
)
