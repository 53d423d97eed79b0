"""English spelling → katakana: a whole trained network with its greedy loop, in one workbook.

The network is e2k's small one (Patchethium, 0.8.1, released to the public domain): a GRU that reads
the letters in both directions, and two GRUs that write katakana with a 4-head cross-attention
between them, 570,968 weights in all. Type a word into the yellow cell and read it below.

    pip install 'sheetformer[examples]'
    python examples/katakana.py lisbon -o katakana.xlsx
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from gated import Gru, Linear, table

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import (
    added,
    concatenate,
    copy,
    embedding,
    join,
    letter,
    lookup,
)
from sheetformer.story.check import check
from sheetformer.story.story import Story

LETTERS = 12
"""Letters that the sheet reads."""
STEPS = 12
"""Katakana that it writes at most, as many as e2k does."""
STORY = "Katakana"
ORDER = (STORY, "Encoder", "Decoder", "Check", "Weights", "Reference")
WIDE = 10_000
"""A line of blocks that never breaks: a vector is one row of cells."""


def katakana(word: str = "lisbon", formulas: str = "matrix") -> Book:
    """The workbook that spells a word, and any other that is typed into it.

    Args:
        word: English letters, spaces and apostrophes; others are left out, as e2k does.
        formulas: "matrix" or "cell".

    Raises:
        SheetformerError: e2k is not installed.
    """
    try:
        from e2k import C2K
    except ImportError as error:
        raise SheetformerError(
            "this example needs the package e2k; install it with: pip install e2k"
        ) from error
    network = C2K(model="turbo").s2s
    story = Story("English words in katakana", order=ORDER)
    _Telling(story, network).tell(word)
    watched = ["memory", "alignment", *(f"logits_{t + 1}" for t in range(STEPS))]
    check(story, watched)
    return build(story, formulas)


@dataclass(frozen=True)
class Letters:
    """What was typed: all slots are <sos>, the letters, and <eos>.

    Attributes:
        names: the letters as words (1, n).
        numbers: their numbers (1, n), 0 where there is none that the network knows.
        known: 1 where there is one (1, n).
    """

    names: Array
    numbers: Array
    known: Array


@dataclass
class _Step:
    """One katakana: its number, its text, 1 once all is written (1, 1), and what it looked at."""

    number: Array
    written: Array
    over: Array
    attention: Array


class _Telling:
    """Tells the stages in order; the story grows with them."""

    def __init__(self, story: Story, network: Any) -> None:
        self.story, self.network = story, network
        self.typed = 0

    def tell(self, word: str) -> None:
        """All stages, the weights first: everything reads them."""
        self._stage(
            "Weights", "Learned by the authors of e2k. Nothing here is a formula.", "Weights"
        )
        weights = self._weights()
        letters = self._type(word, weights)
        memory = self._encode(letters, weights)
        steps = self._decode(memory, letters, weights)
        self._result(letters, steps)

    def _stage(self, title: str, text: str, group: str = STORY, equation: str = "") -> int:
        return self.story.stage(title, text, equation, group, WIDE)

    # What the network has learned.

    def _weights(self) -> dict[str, Any]:
        net = self.network
        tables = {
            "letters": table(self.story, "letter", net.in_table),
            "katakana": table(self.story, "katakana", net.out_table),
            "letter_vectors": self._parameter("letter_vectors", net.e_emb.weight),
            "katakana_vectors": self._parameter("katakana_vectors", net.k_emb.weight),
        }
        grus = ("encoder", "encoder_reverse", "pre_decoder", "post_decoder")
        units = {name: self._gru(name, getattr(net, name).cell) for name in grus}
        attention = {f"{x}_proj": getattr(net.attn, f"{x}_proj") for x in "qkvo"}
        lines = {"encoder_fc": net.encoder_fc, "fc": net.fc, **attention}
        return tables | units | {name: self._linear(name, line) for name, line in lines.items()}

    def _parameter(self, name: str, values: Any) -> Array:
        # With 6 decimals the file stays below 5 MB, and each of 3,000 words that were tried comes
        # out as with all digits.
        rounded = np.atleast_2d(values).astype(np.float64).round(6)
        return self.story.parameter(rounded, name, line=True)

    def _linear(self, name: str, line: Any) -> Linear:
        weight = self._parameter(f"{name}_weight", line.weight)
        return Linear(self.story, weight, self._parameter(f"{name}_bias", line.bias))

    def _gru(self, name: str, cell: Any) -> Gru:
        return Gru(self._linear(f"{name}_ih", cell.ih), self._linear(f"{name}_hh", cell.hh))

    # What is typed.

    def _type(self, word: str, weights: dict[str, Any]) -> Letters:
        self.typed = self._stage(
            "Type a word",
            f"Type an English word of up to {LETTERS} letters into the yellow cell; below it "
            "stands in katakana, the script in which Japanese writes foreign words. Nobody has "
            "looked it up: every number between is a formula on the next sheets.",
        )
        text = np.array([[word]], dtype=object)
        typed = self.story.input(text, "word", note="Type here.", number_format="word", order=-3)
        counted = np.arange(1.0, LETTERS + 1)[None]
        places = self.story.constant(
            counted, "place", note="Which letter.", number_format="integer"
        )
        single = self.story.show(letter(typed, places), "letter", "", "The letters …")
        table, numbers = weights["letters"]
        found = lookup(single, table[:, 0], numbers[:, 0])
        note = "… and their numbers; 0 is left out."
        self.story.show(found, "letter_number", "", note, number_format="integer")
        self.story.place(places, single, found, stage=self._encoder_stage(), line=True)
        self._message(typed, single, found)
        return self._slots(single, found)

    def _message(self, typed: Array, single: Array, found: Array) -> None:
        """A kind word where letters are left out."""
        show, note = self.story.show, "The place after those."
        after = self.story.constant([[LETTERS + 1.0]], "after", note=note, number_format="integer")
        beyond = show(letter(typed, after), "beyond", "", "The letter there.")
        unknown: Any = (single != "") * (found == 0.0)
        show(unknown, "unknown", "", "1 where a letter is unknown.", number_format="integer")
        count = show(
            unknown.sum(axis=1, keepdims=True), "left_out", "Σ", "", number_format="integer"
        )
        few: Any = np.where(count > 0.0, "← only letters a–z, spaces and ' are read", "")
        long = f"← only the first {LETTERS} letters are read"
        message: Any = np.where(beyond != "", long, few)
        show(message, "message", number_format="message", order=-1)
        self.story.place(after, beyond, unknown, count, stage=self._encoder_stage())

    def _encoder_stage(self) -> int:
        """The stage after the story's first, where what only helps is shown."""
        if len(self.story.stages) == self.typed + 1:
            self._stage(
                "Encoder",
                "Two GRUs read the letters, one from the left and one from the right, and remember "
                "128 numbers each. Where no letter is, they remember what they did before.",
                "Encoder",
                "h' = (1 − z) new + z h",
            )
        return self.typed + 1

    def _slots(self, single: Array, found: Array) -> Letters:
        stage = self._encoder_stage()
        ends = [
            self.story.constant(np.array([[sign]], dtype=object), name)
            for sign, name in (("‹", "begin"), ("›", "end"))
        ]
        numbers = [
            self.story.constant([[float(at)]], name)
            for at, name in (
                (self.network.sos_idx, "begin_number"),
                (self.network.eos_idx, "end_number"),
            )
        ]
        names = copy(concatenate([ends[0], single, ends[1]], axis=1))
        show = self.story.show
        show(names, "slots", "", "Begin, letters, end.")
        every = copy(concatenate([numbers[0], found, numbers[1]], axis=1))
        across = names.ids[0].astype(object)
        labels = (None, across)
        every = show(
            every, "slot_number", "", "Their numbers.", number_format="integer", labels=labels
        )
        known = show(
            every > 0.0, "known", "number > 0", "1 where a letter is.", number_format="integer"
        )
        self.story.place(*ends, *numbers, names, every, known, stage=stage, line=True)
        return Letters(names, every, known)

    # Reading and writing.

    def _encode(self, letters: Letters, weights: dict[str, Any]) -> Array:
        """Both GRUs and the layer after them: (n, d), what the decoder looks at."""
        names = letters.names.ids[0].astype(object)
        x = embedding(weights["letter_vectors"], letters.numbers[0])
        show, note = self.story.show, "One row a slot."
        x = show(x, "x", "E[number]", note, labels=(names, None), line=True)
        count = letters.numbers.shape[1]
        sides: list[list[Array]] = []
        for name, order in (("encoder", range(count)), ("encoder_reverse", range(count)[::-1])):
            gru: Gru = weights[name]
            state = self._zeros(f"{name}_start", gru)
            states: dict[int, Array] = {}
            for t in order:
                known = letters.known[:, t : t + 1]
                states[t] = state = gru.step(x[t : t + 1], state, f"{name}_{t + 1}", known)
            sides.append([states[t] for t in range(count)])
        rows = [concatenate([left, right], axis=1) for left, right in zip(*sides, strict=True)]
        side_by_side = "Both memories side by side."
        both = show(copy(concatenate(rows)), "read_both_ways", "", side_by_side, line=True)
        line: Linear = weights["encoder_fc"]
        memory: Any = np.tanh(line.of(both))
        return show(memory, "memory", "tanh(x Wᵀ + b)", note, labels=(names, None))

    def _zeros(self, name: str, gru: Gru) -> Array:
        width = gru.of_state.weight.shape[1]
        note = "Nothing is remembered yet."
        return self.story.constant(np.zeros((1, width)), name, note=note, line=True)

    def _decode(self, memory: Array, letters: Letters, weights: dict[str, Any]) -> list[_Step]:
        self._stage(
            "What the letters offer",
            "Keys and values of the cross-attention, made once.",
            "Decoder",
            "K = M W_Kᵀ + b,  V = M W_Vᵀ + b",
        )
        heads = self.network.attn.num_heads
        offered = tuple(
            nn.split_heads(weights[f"{x.lower()}_proj"](memory, f"{x}_"), heads) for x in "KV"
        )
        before = self._zeros("pre_start", weights["pre_decoder"])
        after = self._zeros("post_start", weights["post_decoder"])
        number = self.story.constant([[float(self.network.sos_idx)]], "first")
        steps: list[_Step] = []
        over: Array | None = None
        for t in range(STEPS):
            self._stage(
                f"Step {t + 1}",
                "A GRU reads the katakana written last, its memory asks the letters (4 heads), a "
                "second GRU takes both, and every katakana is scored.",
                "Decoder",
                "softmax(Q Kᵀ / √d_k) V",
            )
            step, before, after = self._step(
                t, number, over, (before, after), offered, letters, weights
            )
            steps.append(step)
            number, over = step.number, step.over
        return steps

    def _step(
        self,
        t: int,
        number: Array,
        over: Array | None,
        states: tuple[Array, Array],
        offered: tuple[Array, ...],
        letters: Letters,
        weights: dict[str, Any],
    ) -> tuple[_Step, Array, Array]:
        name, show = f"step_{t + 1}", self.story.show
        x = show(embedding(weights["katakana_vectors"], number[:, 0]), f"{name}_x", "E[number]")
        first: Gru = weights["pre_decoder"]
        before = first.step(x, states[0], f"{name}_pre")
        blend, attention = self._attend(name, before, offered, letters, weights)
        both = copy(concatenate([before, blend], axis=1))
        show(both, f"{name}_both", "", "Memory and what was looked at.", line=True)
        second: Gru = weights["post_decoder"]
        after = second.step(both, states[1], f"{name}_post")
        logits = self._scores(t, after, weights)
        step = self._choose(name, logits, over, attention, weights)
        return step, before, after

    def _attend(
        self,
        name: str,
        before: Array,
        offered: tuple[Array, ...],
        letters: Letters,
        weights: dict[str, Any],
    ) -> tuple[Array, Array]:
        """Cross-attention: what was looked at (1, d), and the mean weights (1, n)."""
        key, value = offered
        show = self.story.show
        query = weights["q_proj"](before, f"{name}_Q", line=True)
        query = nn.split_heads(query, key.shape[0])  # (heads, 1, d_k)
        scores = show(query @ key.swapaxes(-1, -2), f"{name}_scores", "Q Kᵀ", line=True)
        scaled = scores / math.sqrt(query.shape[-1])
        masked: Any = np.where(letters.known, scaled, nn.HIDDEN)
        show(masked, f"{name}_masked", "Q Kᵀ / √d_k", "Hidden where no letter is.")
        shares = nn.softmax(masked, name=f"{name}_weights")
        blend = show(shares @ value, f"{name}_blend", "weights · V")
        mixed = weights["o_proj"](nn.merge_heads(blend), f"{name}_asked")
        total = added(shares)
        mean = show(
            total / float(len(shares)), f"{name}_looked", "mean of the heads", number_format="share"
        )
        return mixed, mean

    def _scores(self, t: int, after: Array, weights: dict[str, Any]) -> Array:
        line: Linear = weights["fc"]
        names = weights["katakana"][0].ids[:, 0].astype(object)
        note = "The score of every katakana."
        return line(after, f"logits_{t + 1}", note, labels=(None, names))

    def _choose(
        self,
        name: str,
        logits: Array,
        over: Array | None,
        attention: Array,
        weights: dict[str, Any],
    ) -> _Step:
        show, likeliest = self.story.show, logits.argmax(axis=1, keepdims=True)
        place = show(likeliest, f"{name}_number", "argmax", number_format="integer", line=True)
        ends = place == float(self.network.eos_idx)
        ended = ends + 0.0 if over is None else np.maximum(over, ends)
        show(ended, f"{name}_over", "", "1 once the end was written.", number_format="integer")
        text = show(
            embedding(weights["katakana"][0][:, 0], place), f"{name}_text", "", "Likeliest."
        )
        written: Any = np.where(ended, "", text)
        show(written, f"{name}_written", "", "Written.")
        rows: Any = np.where(ended, 0.0, attention)
        show(rows, f"{name}_row", "0 after the end", number_format="share")
        return _Step(place, written, ended, rows)

    def _result(self, letters: Letters, steps: Sequence[_Step]) -> None:
        """The word in katakana, and which katakana looked at which letters."""
        words = copy(concatenate([step.written for step in steps], axis=1))
        show = self.story.show
        show(words, "written", "", "One katakana a step, until the end.", line=True)
        spelled = join(words, "")[:, None]
        show(spelled, "katakana", number_format="sentence", stage=self.typed, order=-2)
        self._stage(
            "Who looks at whom",
            "One row a katakana, one column a letter: how much the letter counted when it was "
            "written (the mean of 4 heads). The order of the letters is learned, not given.",
            equation="softmax(Q Kᵀ / √d_k)",
        )
        labels = (words.ids[0].astype(object), letters.names.ids[0].astype(object))
        alignment = copy(concatenate([step.attention for step in steps]))
        show(alignment, "alignment", "", "Cross-attention.", number_format="share", labels=labels)


def main() -> None:
    """Write the workbook."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("word", nargs="?", default="lisbon")
    parser.add_argument("-o", "--output", default="katakana.xlsx")
    parser.add_argument("--formulas", choices=("matrix", "cell"), default="matrix")
    args = parser.parse_args()
    book = katakana(args.word, args.formulas)
    book.save(args.output)
    print(f"{args.word} → {book['katakana'].value.item()}, in {args.output}")


if __name__ == "__main__":
    main()
