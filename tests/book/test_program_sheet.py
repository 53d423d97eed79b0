"""A stranger's program sheet is followed or refused in one sentence, whatever it says."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest

from sheetformer.book.manifest import _describe
from sheetformer.book.manifest_reader import read_manifest, read_program, read_regions
from sheetformer.book.names import HIDDEN_SHEET as SHEET
from sheetformer.book.schema import MOST, check_program
from sheetformer.book.workbook import Book
from sheetformer.errors import FileError, SheetformerError
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.ops import OPS
from sheetformer.graph.shapes import result_shape, settings_of
from sheetformer.lessons import lesson

from ..attack.program import Cells, read, saying, standing
from ..attack.tamper import tampered
from ..property import cases

SHEETS = 1_200


@cache
def book(name: str) -> Book:
    return lesson(name)


@cache
def described(name: str) -> Any:
    return json.loads(json.dumps(_describe(book(name))))


@pytest.mark.parametrize("part", range(4))
def test_a_tampered_sheet_is_followed_or_refused(part: int) -> None:
    said: list[str] = []
    for seed in range(part, SHEETS, 4):
        rng = Random(seed)
        name = rng.choice(("cross-attention", "softmax", "self-attention"))
        cells = standing_of(name)
        try:
            read(tampered(described(name), rng), cells)
        except SheetformerError as error:
            said.append(str(error))
    assert len(said) > SHEETS // 8
    assert not [sentence for sentence in said if "\n" in sentence or len(sentence) > 500]


@cache
def standing_of(name: str) -> Cells:
    return standing(book(name))


Change = Callable[[dict[str, Any]], Any]


def step(document: dict[str, Any], op: str) -> list[Any]:
    return next(node for node in document["nodes"] if node[0] == op)


CHANGES: list[tuple[str, Change]] = [
    ("has no setting 'where'", lambda d: step(d, "max")[3].update(where=0)),
    ("has no setting 'out'", lambda d: step(d, "exp")[3].update(out=[0])),
    ("no such operation", lambda d: step(d, "exp").__setitem__(0, "system")),
    ("gives another shape", lambda d: step(d, "exp").__setitem__(1, [1, 1])),
    ("more elements", lambda d: step(d, "exp")[2].__setitem__(0, [0, [22_000, 22_000], [0, 0]])),
    ("a length is impossible", lambda d: step(d, "exp").__setitem__(1, [10**9])),
    ("out of range", lambda d: step(d, "exp")[2].__setitem__(0, [-1, [1, 1], [0, 0]])),
    ("takes 1 operands", lambda d: step(d, "exp")[2].clear()),
    ("lies outside its sheet", lambda d: d["regions"][0].__setitem__(2, 1 << 20)),
    ("lies outside its sheet", lambda d: d["regions"][0].__setitem__(3, -1)),
    ("a name is no text", lambda d: d["regions"][0].__setitem__(0, 7)),
    ("stands in two places", lambda d: d["regions"].append(named(d))),
    ("stands nowhere", lambda d: d["regions"].remove(named(d))),
    ("no such constant", lambda d: d["constants"].update({"-1": "x"})),
    ("no fingerprint", lambda d: d["constants"].update({k: [1] for k in d["constants"]})),
    ("its title is no text", lambda d: d.update(title="\ud800")),
    ("its formulas are of no known style", lambda d: d.update(formulas="sql")),
    ("it has no nodes", lambda d: d.update(nodes=7)),
]


def named(document: dict[str, Any]) -> list[Any]:
    source = next(i for i, node in enumerate(document["nodes"]) if len(node) == 5)
    first = sum(int(np.prod(node[1])) for node in document["nodes"][:source])
    return next(r for r in document["regions"] if r[0] and r[4][0] == first)


@pytest.mark.parametrize(("reason", "change"), CHANGES)
def test_what_is_wrong_is_said(reason: str, change: Change) -> None:
    document = json.loads(json.dumps(described("cross-attention")))
    change(document)
    with pytest.raises(FileError, match=rf"the hidden sheet 'sheetformer' is damaged \(.*{reason}"):
        read(document, standing_of("cross-attention"))


def test_a_region_that_claims_too_much_is_not_made() -> None:
    document = json.loads(json.dumps(described("softmax")))
    document["regions"][0][4] = [0, [1 << 20, 1 << 14], [0, 0]]
    assert read_regions(saying(document, standing_of("softmax"))) == ()


def test_a_claim_costs_nothing() -> None:
    document = json.loads(json.dumps(described("softmax")))
    step(document, "exp")[2][0] = [0, [30_000, 30_000], [0, 0]]
    tracemalloc.start()
    with pytest.raises(ValueError, match="more elements"):
        check_program(document, 0)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert MOST >= 33_000_000


def test_words_do_not_grow_without_end() -> None:
    words = trace(lambda x: x + 1.0, np.ones((1, 2)))
    nodes: list[Any] = [["constant", [], [], {}, 1, "x" * 1000]]
    nodes += [["join", [1], [[i, [2], [0]]], {"separator": "-"}, 1] for i in range(20)]
    document = {**_describe(words), "nodes": nodes, "regions": [], "constants": {}}
    with pytest.raises(FileError, match="a text is longer than a cell holds"):
        read(document, {})
    wide = ["join", [1], [[0, [1 << 20], [0]]], {"separator": "-" * 1000}, 1]
    with pytest.raises(FileError, match="longer than any book's"):
        read({**document, "nodes": [nodes[0], wide]}, {})
    added = ["add", [], [[0, [], []], [0, [], []]], {}, 1]
    with pytest.raises(FileError, match="add takes numbers, not words"):
        read({**document, "nodes": [nodes[0], added]}, {})


@pytest.mark.parametrize("text", ["[" * 100_000, "{" * 5, "1" * 10_000, "NaN", "\x00"])
def test_what_is_no_program_is_damage(text: str) -> None:
    cells: Cells = {SHEET: {(0, 0): "sheetformer 1", (1, 0): text}}
    with pytest.raises(FileError, match="is damaged"):
        read_manifest(cells, "book.xlsx")
    assert read_regions(cells) == ()


def test_nesting_without_end_is_no_json() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_program({SHEET: {(0, 0): "sheetformer 1", (1, 0): "[" * 100_000}})


@pytest.mark.parametrize("op", [name for name, op in OPS.items() if op.kind != "source"])
def test_the_shape_of_a_result_is_known_before_it_is_made(op: str) -> None:
    rng = Random(op)
    for _ in range(20):
        case = cases.random_case(rng, op)
        graph = trace(case.function, *case.arrays).graph
        for node in graph:
            if not node.is_source:
                shapes = [ids.shape for ids in node.inputs]
                assert result_shape(node.op, shapes, node.attributes) == node.shape, str(node)
                assert node.attributes.keys() <= settings_of(node.op).keys()
