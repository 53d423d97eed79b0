"""The idea in one file runs as it stands, and what its prose claims is so."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from ..lint import workbook_faults

IDEA = Path(__file__).parents[2] / "docs" / "idea.py"
SOURCE = IDEA.read_text(encoding="utf-8")


@pytest.fixture
def idea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Its names, after it ran in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return SimpleNamespace(**runpy.run_path(str(IDEA)))


def arrays(idea: SimpleNamespace, *numbers: Any) -> tuple[list[Any], list[Any]]:
    """A new graph, and its inputs as arrays."""
    nodes: list[Any] = []
    return nodes, [idea.append(nodes, "input", (), value) for value in numbers]


def differences(idea: SimpleNamespace, nodes: list[Any]) -> list[float]:
    return idea.compare(idea.recalculate(idea.build(nodes, {})), nodes)


def owner(idea: SimpleNamespace, element: int) -> int:
    """The place of the node that an element belongs to."""
    return max(place for place, node in enumerate(idea.graph) if node.base <= element)


def test_it_is_short_and_stands_alone() -> None:
    assert len(SOURCE.splitlines()) <= 250
    assert SOURCE.count("\n# %%\n") >= 5
    imports = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.ImportFrom)]
    modules = {str(node.module).split(".")[0] for node in imports}
    assert modules <= {"ironcalc", "xlsxwriter", *sys.stdlib_module_names}
    assert re.findall(r"^import (.+)$", SOURCE, flags=re.MULTILINE) == ["numpy as np"]


def test_it_tells_what_it_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(IDEA))
    printed = capsys.readouterr().out
    assert "Found wrong: ['max', 'subtract', 'exp', 'sum']" in printed
    largest = [float(number) for number in re.findall(r"(?:difference|change): (\S+)", printed)]
    assert len(largest) == 2
    assert max(largest) < 1e-12
    assert workbook_faults(tmp_path / "idea.xlsx") == []


def test_the_graph_is_attention(idea: SimpleNamespace) -> None:
    scores = idea.Q @ idea.K.T / 2.0
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(idea.graph[10].value, shares, rtol=1e-12)
    np.testing.assert_allclose(idea.graph[11].value, shares @ idea.V, rtol=1e-12)
    assert (idea.TELLING[10][0], idea.TELLING[11][0]) == ("weights", "result")


def test_every_stored_result_is_wrong_before_the_engine_calculates(
    idea: SimpleNamespace, tmp_path: Path
) -> None:
    sheet = ZipFile(tmp_path / "idea.xlsx").read("xl/worksheets/sheet1.xml").decode()
    stored = re.findall(r"</f><v>(.*?)</v>", sheet)
    computed = sum(node.value.size for node in idea.graph if node.op != "input")
    assert stored == ["-99"] * computed
    cells = idea.book.items()
    believed = {where: -99.0 if isinstance(what, idea.Call) else what for where, what in cells}
    assert sum(far > 1e-9 for far in idea.compare(believed, idea.graph)) == computed


def test_moving_numbers_computes_nothing(idea: SimpleNamespace) -> None:
    nodes, (q, k) = arrays(idea, idea.Q, idea.K)
    both = idea.Array(nodes, np.concatenate([q.ids, k.ids])[:, 1:3].reshape(2, 5).T)
    assert len(nodes) == 2
    copied = both + 0
    expected = np.concatenate([idea.Q, idea.K])[:, 1:3].reshape(2, 5).T
    np.testing.assert_array_equal(nodes[-1].value, expected)
    assert copied.shape == (5, 2)
    assert max(differences(idea, nodes)) == 0


@pytest.mark.parametrize(
    ("program", "function"),
    [
        (lambda a, b: a.T @ b.T, "MMULT"),
        (lambda a, b: a @ b, "MMULT"),
        (lambda a, b: a @ b.T.T, "MMULT"),
        (lambda a, b: a.T @ b[:2], "SUMPRODUCT"),
        (lambda a, b: (a - a[0]) / (b.T + 7.0), "/"),
    ],
)
def test_products_and_broadcasts_hold_however_their_operands_lie(
    idea: SimpleNamespace, program: Callable[..., Any], function: str
) -> None:
    a, b = np.arange(6.0).reshape(2, 3), np.arange(6.0, 12.0).reshape(3, 2)
    nodes, inputs = arrays(idea, a, b)
    program(*inputs)
    np.testing.assert_array_equal(nodes[-1].value, program(a, b))
    book = idea.build(nodes, {})
    assert function in idea.printed(book[idea.cell(nodes, nodes[-1].base)])
    assert max(differences(idea, nodes)) < 1e-12


def test_elements_that_stand_apart_are_refused_and_made_a_block(idea: SimpleNamespace) -> None:
    nodes, (q, k) = arrays(idea, idea.Q, idea.K[:2])
    joined = idea.Array(nodes, np.concatenate([q.ids, k.ids], axis=1))
    np.sum(joined, axis=-1, keepdims=True)
    with pytest.raises(ValueError, match="stand apart"):
        idea.build(nodes, {})
    nodes.pop()
    np.sum(joined + 0, axis=-1, keepdims=True)
    assert max(differences(idea, nodes)) < 1e-12


def test_columns_are_refused_where_it_can_only_do_rows(idea: SimpleNamespace) -> None:
    _, (q,) = arrays(idea, idea.Q)
    with pytest.raises(AssertionError, match="rows only"):
        np.sum(q, axis=0, keepdims=True)


def test_another_telling_changes_words_only(idea: SimpleNamespace) -> None:
    told = {place: (f"bloco {place}", "=1+1") for place in range(len(idea.graph))}
    other = idea.build(idea.graph, told)
    changed = {where for where in other if other[where] != idea.book[where]}
    assert all(isinstance(other[where], str) for where in changed)
    assert len(changed) >= len(idea.graph)
    found = idea.recalculate(other)
    assert found[0, 1] == "=1+1"  # words are never a formula
    assert max(idea.compare(found, idea.graph)) < 1e-12
    assert idea.build(idea.graph, told) == other


@pytest.mark.parametrize("place", range(12))
def test_a_wrong_number_is_found_in_every_block(idea: SimpleNamespace, place: int) -> None:
    node = idea.graph[place]
    last = node.base + node.value.size - 1
    where = idea.cell(idea.graph, last)
    wrong = idea.Call("+", (idea.book[where], (0, 9, 0, 9))) if node.inputs else 99.0
    book = idea.book | {where: wrong, (0, 9): 0.001}
    off = idea.compare(idea.recalculate(book), idea.graph)
    first = next(element for element, far in enumerate(off) if far > 1e-9)
    assert (first, owner(idea, first)) == (last, place)


def test_a_cell_without_a_number_is_found(idea: SimpleNamespace) -> None:
    where = idea.cell(idea.graph, idea.graph[4].base)
    off = idea.compare(idea.recalculate(idea.book | {where: 0.0}), idea.graph)
    assert off[idea.graph[5].base] == np.inf  # #DIV/0!


def test_a_change_is_a_difference_until_the_referee_knows_it(idea: SimpleNamespace) -> None:
    found = idea.recalculate(idea.book | {idea.cell(idea.graph, 0): 3.0})
    assert max(idea.compare(found, idea.graph)) > 0.1
    assert max(idea.compare(found, idea.changed)) < 1e-12


def test_the_printer_alone_puts_parentheses(idea: SimpleNamespace) -> None:
    a, b = (0, 0, 0, 0), (0, 1, 1, 1)
    difference = idea.Call("-", (a, b))
    assert idea.printed(idea.Call("-", (a, difference))) == "A1-(A1-B1:B2)"
    assert idea.printed(idea.Call("EXP", (difference,))) == "EXP(A1-B1:B2)"
