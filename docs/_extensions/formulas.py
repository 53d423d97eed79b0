"""Spreadsheet formulas in colour."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer
from pygments.lexers.special import TextLexer
from pygments.token import Keyword, Name, Number, Operator, String, Text


class FormulaLexer(RegexLexer):
    """Functions, cells, names, numbers and texts of a formula."""

    name = "Excel"
    aliases: ClassVar[list[str]] = ["excel"]
    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (r'"[^"]*"', String),
            (r"[A-Z.]+(?=\()", Keyword),
            (r"('[^']+'|\w+)!", Name.Namespace),
            (r"\$?[A-Z]{1,3}\$?\d+", Name.Variable),
            (r"\d[\d.]*(E[+-]?\d+)?", Number),
            (r"\w+", Name),
            (r"[-+*/^&=<>{}]", Operator),
            (r".|\n", Text),
        ]
    }


def setup(app: Any) -> dict[str, bool]:
    """Join the build."""
    app.add_lexer("excel", FormulaLexer)
    app.add_lexer("csv", TextLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
