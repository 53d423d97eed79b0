"""`python -O` drops every assert, so a check of ours may never be one."""

from __future__ import annotations

import ast
from pathlib import Path

import sheetformer

SOURCES = sorted(Path(sheetformer.__file__).parent.rglob("*.py"))


def test_an_assert_only_narrows_a_type() -> None:
    checks = [
        f"{path.name}:{node.lineno}: {ast.unparse(node)}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert) and not _narrows(node)
    ]
    assert not checks


def _narrows(node: ast.Assert) -> bool:
    """`x is not None`, `isinstance(x, y)` or a plain `x`, which say something to type checkers."""
    test = node.test
    is_compared = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot)
    is_called = isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance"
    return node.msg is None and (is_compared or is_called or isinstance(test, ast.Attribute))
