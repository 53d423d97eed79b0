"""Lesson: backpropagation; the embeddings are learned, and here is how, number by number.

Forward: Attention(Q, K, V) = softmax(Q Kᵀ / √d) V (Vaswani et al. 2017, section 3.2.1, equation 1)
and a cross-entropy loss. Backward: the chain rule, from the loss to every number (Rumelhart, Hinton
and Williams 1986), by `sheetformer.graph.gradient`, one rule an operation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.workbook import Book
from sheetformer.errors import WordError
from sheetformer.graph.array import Array
from sheetformer.graph.captions import caption
from sheetformer.graph.functions import copy, inside, show, source
from sheetformer.graph.gradient import gradients
from sheetformer.graph.node import Graph, Node
from sheetformer.language import translate
from sheetformer.lessons import recovery
from sheetformer.lessons.options import number, whole
from sheetformer.lessons.recovery import FIELDS, Parameters, Task
from sheetformer.lessons.story import Lesson, constant, dial, order, stage

TITLE = "Backpropagation: how embeddings are learned"
STORY = "Backprop"
LONGEST = 8
NUDGE = 0.0001

EQUATIONS = {
    "d_logits": "(p − right) d_surprise",
    "d_scaled": "exp (d_w − Σ d_w w) / Σ exp",
    "d_surprise": "the same in each row",
    "d_odds_sum": "d_surprise / Σ odds",
    "d_odds": "the same in each column",
    "d_E_source": "both parts",
    "d_E_target": "both parts",
}
"""Shorter than what the rules would write out, and the same."""
HIDDEN = ("d_exp", "d_behind")
"""Gradients that stand inside the formulas that use them."""


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
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: a number is out of bounds.
        WordError: too few or too many words, or a target word twice.
    """
    words = (_words(source, "source"), _words(target, "target"))
    if len(set(words[1])) < len(words[1]):
        raise WordError("a word stands twice in the target sentence; here each must be another")
    width, draw = whole("d_model", d_model, 2, 4), whole("seed", seed, 0, 9999)
    rate = number("learning_rate", learning_rate, 0, 100)
    graph = Graph()
    model = _model(graph, words, width, draw)
    task = _task(graph, words[1])
    loss, root = _forward(graph, model, task, width)
    found = gradients(loss, list(model))
    _place_beside(graph)
    _nudge(graph, model, task, root, (loss, found[0]))
    _step(graph, model, task, root, (loss, found, rate))
    check(graph)
    return build(graph, TITLE, formulas, (), order(STORY, "Nudge", "After the step"))


def _words(text: str, side: str) -> list[str]:
    found = text.split()
    if not 2 <= len(found) <= LONGEST:
        raise WordError(
            f"the {side} sentence has {len(found)} words; this lesson takes 2 to {LONGEST}"
        )
    return found


def _model(graph: Graph, words: Sequence[Sequence[str]], width: int, seed: int) -> Parameters:
    stage(
        graph,
        "1   Embeddings begin as random numbers",
        "Nobody types embeddings, the rows of numbers that stand for words: they begin as random "
        "numbers and are learned. The task: each target word looks at the source words, and from "
        "what it sees it must name itself (step 5). The loss (step 6) says how badly that goes. "
        "Below a block stands its gradient, d_…: how fast the loss grows when that number grows. "
        "Read the numbers downwards, and the gradients upwards, from step 6. What is used in two "
        "places gets a part of its gradient from each. Type other numbers and watch.",
        "E_source, E_target",
        STORY,
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
    return recovery.declare(graph, matrices, labels, notes)


def _task(graph: Graph, words: Sequence[str]) -> Task:
    labels = np.array(words, dtype=object)
    right = source(graph, "constant", np.eye(len(words)), [labels, labels], name="right_word")
    right.node.note, right.node.look = "1 for the word that each blend must name.", "integer"
    return Task(range(len(words)), None, right, labels)


def _forward(graph: Graph, model: Parameters, task: Task, width: int) -> tuple[Array, Array]:
    stage(
        graph,
        "2   Query, key, value",
        "Each target word asks (query), each source word offers (key) and gives (value). Three "
        "matrices, which are learned, too, make these rows from the embeddings. Backward: a matrix "
        "product Y = A B hands its gradient on to both sides, to A as d_Y Bᵀ and to B as Aᵀ d_Y.",
        "Q, K, V = E W",
        STORY,
    )
    for matrix in (model.w_q, model.w_k, model.w_v):
        matrix.node.stage = len(graph.stages) - 1
    query, key, value = recovery.project(model)
    query.node.flow = "line"
    stage(
        graph,
        "3   Compare and scale",
        "Every query meets every key: their dot product is the score, how well question and offer "
        "fit. Divided by √d it does not grow with d (the lesson scaling tells why). Backward: what "
        "is divided on the way there is divided on the way back.",
        "scaled = Q Kᵀ / √d",
        STORY,
    )
    root = constant(graph, float(np.sqrt(width)), "root_d", "√d, d numbers a word.", look="number")
    _, scaled = recovery.compare(query, key, root)
    _softmax_stage(graph)
    weights = recovery.weigh(scaled, task)
    mixed = recovery.blend(weights, value)
    stage(
        graph,
        "5   Which word is it?",
        "The blend of each row is compared with every target word: the logits. Softmax makes "
        "probabilities of them. Each row should name its own word, although its blend is made of "
        "source words only.",
        "p = softmax(blend E_targetᵀ)",
        STORY,
    )
    found = recovery.guess(mixed, model.target)
    _loss_stage(graph)
    task.right.node.stage = len(graph.stages) - 1
    return recovery.surprise_of(found, task.right), root


def _softmax_stage(graph: Graph) -> None:
    stage(
        graph,
        "4   Softmax and blend",
        "Softmax turns the scores of a row into shares, and the row takes that much of every "
        "value: its blend. Backward through softmax: a score's gradient is its share times how far "
        "that share's gradient (d_weights) lies above the mean of its row, where each counts by "
        "its share. Each row of d_scaled adds up to 0: a share grows only at the cost of others.",
        "blend = softmax(scaled) V",
        STORY,
    )


def _loss_stage(graph: Graph) -> None:
    stage(
        graph,
        "6   The loss, where the way back begins",
        "How surprised is the model at the right words? p is the probability that it gives the "
        "right word of a row. −ln p is 0 when the right word got all, and large when it got "
        "little; the loss is the mean of the rows. From here it goes back: d_loss is 1, and every "
        "other gradient comes from the one after it by the chain rule.",
        "loss = mean(−ln p(right word))",
        STORY,
    )


def _place_beside(graph: Graph) -> None:
    """Every gradient below the block that it belongs to, with a sentence of its own."""
    caption(graph)
    ranks = {node.base: rank for rank, node in enumerate(graph)}
    for node in graph:
        node.rank = ranks[node.base]
        if not node.gradient or node.inline:
            continue
        owner = graph.owner(node.gradient[0])
        node.look = "gradient"
        node.stage, node.flow, node.rank = owner.stage, "below", ranks[owner.base]
        node.note = _sentence(graph, node, owner)
        node.equation = EQUATIONS.get(node.name, node.equation)
        node.inline = node.name in HIDDEN


def _sentence(graph: Graph, node: Node, owner: Node) -> str:
    name = owner.name.rstrip("_")
    if name == "loss":
        return translate("1: here the way back begins.")
    if len(node.gradient) == 1:
        return translate("How the loss moves with {name}.", name=name)
    through = graph.owner(node.gradient[1]).name.rstrip("_")
    return translate("The part that comes through {name}.", name=through)


def _nudge(
    graph: Graph, model: Parameters, task: Task, root: Array, known: tuple[Array, Array]
) -> None:
    """One embedding number moved a little, and the whole way forward once more."""
    loss, gradient = known
    stage(
        graph,
        "Do not believe it: nudge one number",
        "Add a little to the first number of the first source word and compute the whole way "
        "forward again. How much the loss has moved, divided by the nudge, is what the gradient "
        "promised, but for an error about as small as the nudge itself.",
        "(loss(θ + ε) − loss(θ)) / ε ≈ d_θ",
        "Nudge",
    )
    size = dial(graph, NUDGE, "nudge", "ε: how far.", look="tiny")
    first = np.zeros(model.source.shape)
    first[0, 0] = 1.0
    there = source(graph, "constant", first, model.source.labels, name="first_number")
    there.node.look = "integer"
    there.node.note = "Which number is nudged."
    moved = show(
        model.source + inside(size * there), "E_nudged", "E_source + ε", "The others stay."
    )
    nudged = Parameters(moved, model.target, model.w_q, model.w_k, model.w_v)
    loss_nudged = recovery.forward(nudged, task, root, "nudged")
    slope = inside(loss_nudged - loss) / size
    show(slope, "slope", "(loss_nudged − loss) / ε", "What the loss really did …", look="slope")
    promised = show(copy(gradient[:1, :1]), "promised", "d_E_source", "… and what was promised.")
    promised.node.look = "slope"


def _step(
    graph: Graph,
    model: Parameters,
    task: Task,
    root: Array,
    way: tuple[Array, Sequence[Array], float],
) -> None:
    loss, found, rate = way
    stage(
        graph,
        "7   One step downhill",
        "Learning is one line: from every learned number subtract its gradient times the learning "
        "rate η. The loss after the step (sheet After the step) is smaller when the step is not "
        "too long: raise the learning rate and find where it turns worse. The lesson training goes "
        "on from here, many times.",
        "θ_new = θ − η d_θ",
        STORY,
    )
    eta = dial(graph, rate, "learning_rate", "η: how far the step goes.")
    names = zip(model, found, FIELDS, strict=True)
    moved = [
        show(x - inside(eta * gradient), f"{name}_new", f"{name} − η d_{name}", "After one step.")
        for x, gradient, name in names
    ]
    moved[0].node.flow = "line"
    here = len(graph.stages) - 1
    stage(
        graph,
        "The way forward once more, with the new numbers",
        "The same steps as before, now with the numbers after one step of learning.",
        "loss(θ_new)",
        "After the step",
    )
    after = recovery.forward(Parameters(*moved), task, root, "new")
    told = (
        ("loss_before", loss, "Before the step …"),
        ("loss_after", after, "… and after it."),
        ("gain", loss - after, "Above 0: it has learned."),
    )
    for name, array, note in told:
        block = array if name == "gain" else copy(array)
        show(block, name, "", note, look="slope")
        block.node.stage, block.node.rank = here, -1 if name != "gain" else 0
    for block in moved:
        block.node.rank = 1


LESSON = Lesson(
    TITLE,
    "Where embeddings come from: the loss, and the gradient of every block beside it, live.",
    backprop,
)
