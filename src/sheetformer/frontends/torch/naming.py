"""Names, equations and sentences of recorded blocks: the module's path, then what it is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from sheetformer.book.workbook import HUGE
from sheetformer.formula.inside import is_step
from sheetformer.frontends.torch.scope import Origin
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span
from sheetformer.story.caption import NO_CAPTION
from sheetformer.story.names import free
from sheetformer.story.story import Story

RESULT = "result"
"""What a book calls its result, so that no other block may be called so."""
NO_OTHER: Mapping[str, str] = {}
LONGEST = 48
"""Characters of an equation; a longer one says only the operation."""


def name_blocks(
    story: Story, origins: Mapping[int, Origin], spoken: Mapping[str, str] = NO_OTHER
) -> None:
    """Name every block and say where it comes from.

    Args:
        story: of one recorded run.
        origins: for a computed node (by its base) its module and its short name.
        spoken: for the path of a module the path as people say it, where that is another.
    """
    graph = story.graph
    taken = {RESULT}
    readers = first_readers(graph)
    shorts: dict[int, str] = {}
    for node in list(graph):
        origin = origins.get(node.base)
        reader = readers.get(node.base)
        path = origin.path if origin else ""
        short = origin.short if origin else node.name
        if not short and not origin and reader is not None and reader.base in origins:
            path, short = origins[reader.base].path, _given(graph, reader)
        whole = in_words(f"{path}.{short}".strip("."), spoken)
        shorts[node.base] = _last(whole) if short == "" or "." in short else short
        shorts[node.base] = shorts[node.base] or node.op
        whole = whole or (origin.scope.kind if origin else node.op)
        name = free(_legal(whole), taken)
        taken.add(name)
        if not (node.is_source and is_step(graph, node)):
            graph.relabel(node, name)
        if origin and not story.caption(node).note:
            story.captions[node.base] = replace(
                story.captions.get(node.base, NO_CAPTION), note=_sentence(origin)
            )
    _tell_equations(story, shorts)


def in_words(name: str, spoken: Mapping[str, str]) -> str:
    """A dotted name with the path of its module as people say it."""
    parts = name.split(".")
    for i in range(len(parts), 0, -1):
        path = ".".join(parts[:i])
        if path in spoken:
            return ".".join([spoken[path], *parts[i:]])
    return name


def _last(name: str) -> str:
    """The last part of a dotted name; of a mere number, such as a layer's, what it counts."""
    outer, _, last = name.rpartition(".")
    return f"{outer.rpartition('.')[2]}_{last}" if last.isdigit() and outer else last


def first_readers(graph: Graph) -> dict[int, Node]:
    """For each node (by its base) the first that reads it."""
    readers: dict[int, Node] = {}
    for node in graph:
        for operand in node.operands:
            readers.setdefault(graph.owner_of(operand).base, node)
    return readers


def _given(graph: Graph, reader: Node) -> str:
    """What a constant is called: a mask chooses or hides, other numbers are simply given."""
    given = next(
        (x for x in map(graph.owner_of, reader.operands) if x.op == "constant"),
        reader,
    )
    hides = given.op == "constant" and graph.value(given.span).min() <= -HUGE
    return "mask" if hides or reader.op == "where" else "given"


def _legal(path: str) -> str:
    """A path as part of a defined name."""
    return path.replace(".", "_").replace(" ", "_")


def _sentence(origin: Origin) -> str:
    again = f", call {origin.scope.call + 1}" if origin.scope.call else ""
    return f"{origin.scope.place} ({origin.scope.kind}{again}): {origin.description}"


def _tell_equations(story: Story, shorts: Mapping[int, str]) -> None:
    graph = story.graph
    written: dict[int, str] = {}
    for node in graph:
        if node.is_source:
            continue
        equation = story.caption(node).equation
        if not equation:
            operands = (_operand(graph, ids, shorts, written) for ids in node.operands)
            equation = OPS[node.op].sign.format(*operands)
            equation = equation if len(equation) <= LONGEST else ""
            old = story.captions.get(node.base, NO_CAPTION)
            story.captions[node.base] = replace(old, equation=equation)
        written[node.base] = equation


def _operand(
    graph: Graph, ids: Ids | Span, shorts: Mapping[int, str], written: Mapping[int, str]
) -> str:
    """An operand as a person writes it: a name, its transpose, a number, or a written out part."""
    node = graph.owner_of(ids)
    if is_step(graph, node) and node.is_source:
        literal = graph.value(node.ids).item()
        return f'"{literal}"' if isinstance(literal, str) else f"{literal:.4g}"
    if is_step(graph, node) and written[node.base]:
        return f"({written[node.base]})"
    short = shorts[node.base]
    return f"{short}ᵀ" if _is_turned(ids) else short


def _is_turned(ids: Ids | Span) -> bool:
    """Whether the ids (…, n, m) of a table count on down its columns."""
    if ids.ndim < 2 or min(ids.shape[-2:]) < 2:
        return False
    if isinstance(ids, Span):
        return ids.steps[-2] == 1
    return bool(ids[..., 1, 0].flat[0] == ids.flat[0] + 1)


def fold_chains(graph: Graph, steps: Collection[int]) -> set[int]:
    """The steps that stand inside the formula of the one other step that uses them, a few deep.

    Args:
        graph: named or not.
        steps: the bases of the nodes that may do without a block.
    """
    uses: Counter[int] = Counter()
    user: dict[int, Node] = {}
    for node in graph:
        for place in {place for ids in node.operands for place in graph.owners(_corners(ids))}:
            base = graph.bases[place]
            uses[base] += 1
            user[base] = node
    depth: dict[int, int] = {}
    folded: set[int] = set()
    for node in graph:
        inner = [depth.get(graph.owner_of(operand).base, 0) for operand in node.operands]
        mine = max(inner, default=0) + 1
        single = uses[node.base] == 1 and OPS[user[node.base].op].kind == "elementwise"
        if (
            OPS[node.op].kind != "elementwise"
            or node.base not in steps
            or not single
            or mine > DEEP
        ):
            continue
        folded.add(node.base)
        depth[node.base] = mine
    return folded


DEEP = 6
"""Steps written inside each other; more would be hard to read."""


def _corners(ids: Ids | Span) -> Ids | Span:
    """Enough elements of an operand to know every node that it is a view of."""
    return (
        ids
        if isinstance(ids, Span) or ids.size <= 4096
        else ids.ravel()[:: max(1, ids.size // 4096)]
    )
