"""Draw docs/images/typing.svg: a word is typed, and the attention weights follow.

Run `python docs/moving.py`. All numbers and formulas are those of the lesson's books, so the same
lesson gives the same picture; a test fails while the file is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

import sheetformer as sf
from sheetformer.files import write_whole
from sheetformer.writers.styles import (
    INK,
    INPUT_FILL,
    INPUT_INK,
    LINE,
    NAVY,
    QUIET,
    SHARE,
)

PICTURE = Path(__file__).parent / "images" / "typing.svg"
SOURCE, TARGET = "the red house", "a casa vermelha"
TYPED = (("source", 1, "new"), ("target", 2, "nova"))
"""Which word of which sentence is typed over, one after the other."""

LETTER, HOLD, REACH = 0.18, 2.6, 1.2
"""Seconds a key takes, a state is looked at, and what has changed is framed."""
WIDTH, HEIGHT = 760, 372
CELL, ROW = 84, 34
LEFT, RIGHT = 32, 392
"""Where the table of scores begins, and that of weights."""
TOP = 176
CURSOR = f' stroke="{INPUT_INK}" stroke-width="2.5"'

State = dict[str, Any]
"""What the lesson says of two sentences."""


@dataclass
class Film:
    """What is seen when: drawings, each with the seconds from which until which it is seen."""

    drawings: list[tuple[float, float, str]] = field(default_factory=list)
    seconds: float = 0.0

    def show(self, drawing: str, until: float, since: float | None = None) -> None:
        """A drawing, seen from now, or from a time, until another."""
        self.drawings.append((self.seconds if since is None else since, until, drawing))


def main() -> None:
    """Write the picture."""
    write_whole(PICTURE, draw().encode())


def draw() -> str:
    """The picture as SVG, with an animation that needs no script."""
    states = list(_states())
    film = Film()
    film.seconds = HOLD
    since = 0.0
    for number, state in enumerate(states):
        last = number + 1 == len(states)
        typed = () if last else tuple(_keys(state, *TYPED[number]))
        until = film.seconds + LETTER * len(typed) + (HOLD if last else 0)
        film.show(_tables(state), until, since)
        if number:
            film.show(_changed(states[number - 1], state), since + REACH, since)
        film.show(_inputs(state), until if last else film.seconds, since)
        for keyed in typed:
            film.show(keyed, film.seconds + LETTER)
            film.seconds += LETTER
        since = film.seconds
        film.seconds += HOLD
    return _svg(film, states[0], max(until for _, until, _ in film.drawings))


def _states() -> Iterator[State]:
    """The lesson before a word is typed, and after each."""
    words = {"source": SOURCE.split(), "target": TARGET.split()}
    yield _state(words)
    for side, place, word in TYPED:
        words[side][place] = word
        yield _state(words)


def _state(words: dict[str, list[str]]) -> State:
    book = sf.lesson(**{side: " ".join(said) for side, said in words.items()})
    looked = [word for (word,) in book["looks_at"].value.tolist()]
    told = {name: book[name].value.tolist() for name in ("scaled", "weights")}
    return {**{side: list(said) for side, said in words.items()}, **told, "looks_at": looked,
            "formula": _formula(book)}  # fmt: skip


def _formula(book: sf.Book) -> str:
    """The first cell of the weights, and its formula as a program shows it."""
    weights = book["weights"]
    sheet, _, cells = weights.address.partition("!")
    for block in next(each for each in book.sheets if each.name == sheet).cell_blocks:
        if block.formulas and np.array_equal(block.values, weights.value):
            return f"{cells.partition(':')[0]}   ={block.formulas[0]}"
    raise LookupError("the weights have no formula of their own")


def _keys(state: State, side: str, place: int, word: str) -> Iterator[str]:
    """The inputs while a word is typed over another, a drawing a key; the last one is a pause."""
    for typed in (*(word[:length] for length in range(len(word) + 1)), word, word):
        during = {**state, side: [*state[side]]}
        during[side][place] = typed
        yield _inputs(during, (side, place))


def _inputs(state: State, typing: tuple[str, int] | None = None) -> str:
    """The two sentences, a word a cell; one of them may have the cursor."""
    cells: list[tuple[bool, str]] = []
    for side, left in (("source", LEFT + CELL), ("target", RIGHT + CELL)):
        for place, word in enumerate(state[side]):
            x = left + place * CELL
            here = typing == (side, place)
            frame = CURSOR if here else f' stroke="{LINE}"'
            cell = _rectangle(x, 76, INPUT_FILL, frame)
            written = word + ("|" if here else "")
            cells.append((here, cell + _text(x + CELL / 2, 76 + 22, written, INPUT_INK)))
    # The one with the cursor last: its frame lies over its neighbours.
    return "".join(cell for _, cell in sorted(cells, key=lambda each: each[0]))


def _tables(state: State) -> str:
    """The scores, the weights, and what the rows look at, in words."""
    parts: list[str] = []
    for left, name in ((LEFT, "scaled"), (RIGHT, "weights")):
        for column, word in enumerate(state["source"]):
            x = left + CELL * (column + 1.5)
            parts.append(_text(x, TOP - 10, word, QUIET))
        for row, word in enumerate(state["target"]):
            y = TOP + row * ROW
            parts.append(_text(left + CELL - 10, y + 22, word, QUIET, "end"))
            for column, number in enumerate(state[name][row]):
                share = name == "weights"
                x = left + CELL * (column + 1)
                fill = _shade(number) if share else "#ffffff"
                shown = f"{number:.0%}" if share else f"{number:.2f}".replace("-", "−")
                parts.append(_rectangle(x, y, fill, f' stroke="{LINE}"'))
                parts.append(_text(x + CELL / 2, y + 22, shown, INK))
    parts.append(_text(LEFT, HEIGHT - 56, state["formula"], NAVY, "start", 'class="code"'))
    said = " · ".join(
        f"{word} looks at {looked}: {max(shares):.0%}"
        for word, looked, shares in zip(
            state["target"], state["looks_at"], state["weights"], strict=True
        )
    )
    parts.append(_text(LEFT, HEIGHT - 26, said, INK, "start"))
    return "".join(parts)


def _changed(before: State, after: State) -> str:
    """Frames around the shares that read otherwise than before."""
    parts: list[str] = []
    for row, shares in enumerate(after["weights"]):
        for column, share in enumerate(shares):
            if f"{share:.0%}" != f"{before['weights'][row][column]:.0%}":
                x, y = RIGHT + CELL * (column + 1), TOP + row * ROW
                parts.append(_rectangle(x, y, "none", CURSOR))
    return "".join(parts)


def _svg(film: Film, first: State, seconds: float) -> str:
    rules: list[str] = []
    shown: list[str] = []
    for number, (since, until, drawing) in enumerate(film.drawings):
        begin, end = (f"{100 * at / seconds:.3f}%" for at in (since, until))
        steps = f"{begin}{{visibility:visible}}" + (
            f"{end}{{visibility:hidden}}" if until < seconds else ""
        )
        if since:
            steps = f"0%{{visibility:hidden}}{steps}"
        rules.append(f"@keyframes k{number}{{{steps}}}#s{number}{{animation-name:k{number}}}")
        # Without animation, as on paper, the first state is what is seen.
        hidden = ' visibility="hidden"' if since else ""
        shown.append(f'<g id="s{number}"{hidden}>{drawing}</g>')
    style = (
        "text{font:15px Arial,'Liberation Sans',Helvetica,sans-serif}"
        ".code{font:13px ui-monospace,Consolas,'Liberation Mono',monospace}"
        f"g[id]{{animation:{seconds:.2f}s step-end infinite}}{''.join(rules)}"
        "@media (prefers-reduced-motion:reduce){g[id]{animation-play-state:paused}}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>{escape(_title(first))}</title>\n<style>{style}</style>\n"
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="14" fill="#ffffff" '
        f'stroke="{LINE}"/>\n{_still()}\n' + "\n".join(shown) + "\n</svg>\n"
    )


def _title(state: State) -> str:
    said = " ".join(state["source"]), " ".join(state["target"])
    return f"“{said[0]}” beside “{said[1]}”: a word is typed, and the attention weights follow"


def _still() -> str:
    """What never changes: the titles."""
    titles = (
        (
            LEFT,
            36,
            "Type a word into a yellow cell",
            NAVY,
            'style="font-weight:bold;font-size:17px"',
        ),
        (LEFT + CELL - 10, 98, "English", QUIET, 'text-anchor="end"'),
        (RIGHT + CELL - 10, 98, "Portuguese", QUIET, 'text-anchor="end"'),
        (LEFT + CELL, 140, "Scores  Q Kᵀ ÷ √d", NAVY, 'style="font-weight:bold"'),
        (RIGHT + CELL, 140, "Softmax: attention weights", NAVY, 'style="font-weight:bold"'),
    )
    return "".join(_text(x, y, told, colour, "start" if "anchor" not in more else "", more)
                   for x, y, told, colour, more in titles)  # fmt: skip


def _rectangle(x: float, y: float, fill: str, frame: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{CELL}" height="{ROW}" fill="{fill}"{frame}/>'


def _text(
    x: float, y: float, told: str, colour: str, anchor: str = "middle", more: str = ""
) -> str:
    placed = f' text-anchor="{anchor}"' if anchor else ""
    also = f" {more}" if more else ""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}"{placed}{also} xml:space="preserve">'
        f"{escape(told, quote=False)}</text>"
    )


def _shade(share: float) -> str:
    """White for 0, and the colour of shares for 1."""
    full: Sequence[int] = bytes.fromhex(SHARE[1:])
    return "#" + "".join(f"{round(255 + (part - 255) * share * 0.75):02x}" for part in full)


if __name__ == "__main__":
    main()
