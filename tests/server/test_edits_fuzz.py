"""Whatever is sent as edits: a workbook that an engine reads, or one sentence."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

import sheetformer as sf
from sheetformer.engines import get_engine

SHEETS = [sheet.name for sheet in sf.lesson("cross-attention").sheets if not sheet.hidden]
BOOK = {"name": "cross-attention", "options": {}, "lang": "en"}

cells = st.sampled_from(["A1", "$B$2:C4", "Learned!C10", "'Nearest word'!B2", "Q_", "d_k", "x"])
functions = st.sampled_from(
    [
        "SUM",
        "IF",
        "MMULT",
        "INDEX",
        "HYPERLINK",
        "TRANSPOSE",
        "PI",
        "STDEV.S",
        "TEXTJOIN",
        "COUNTIF",
    ]
)
formulas = st.recursive(
    cells | st.integers(-9, 9).map(str) | st.just('"a<&\n"'),
    lambda part: (
        st.tuples(part, st.sampled_from("+-*/^&=<"), part).map("".join)
        | st.tuples(functions, st.lists(part, max_size=3)).map(
            lambda f: f"{f[0]}({','.join(f[1])})"
        )
    ),
    max_leaves=5,
)
contents = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["=1+1", "@x", "+1", "-1", "'x", "\x00\x1f_x0041_", "<b>&]]>", "#N/A"]),
    st.fixed_dictionaries({"formula": formulas}),
    st.fixed_dictionaries(
        {"formula": formulas, "array": st.lists(st.integers(0, 4), min_size=2, max_size=2)}
    ),
)
places = st.tuples(
    st.sampled_from([*SHEETS, "Nowhere", "sheetformer"]), st.integers(0, 90), st.integers(0, 20)
)
edits = st.lists(st.tuples(places, contents).map(lambda edit: [*edit[0], edit[1]]), max_size=4)
rubbish = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def _sent(client: TestClient, body: Any) -> Any:
    text = json.dumps(body).encode()
    return client.post("/workbook", content=text, headers={"Content-Type": "application/json"})


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=edits)
def test_edits(client: TestClient, tmp_path_factory: Any, changes: list[Any]) -> None:
    answer = _sent(client, {"book": BOOK, "edits": changes})
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        message = answer.json()["error"]
        assert message
        assert "Traceback" not in message
        return
    path = tmp_path_factory.mktemp("fuzz") / "book.xlsx"
    path.write_bytes(answer.content)
    found = get_engine("ironcalc").recalculate(path)
    for sheet, row, column, content in changes:
        if isinstance(content, str) and content and (sheet, row, column) == tuple(changes[-1][:3]):
            last = changes[-1][3]
            assert last != content or str(found[sheet][row, column]) == content


@settings(max_examples=30, deadline=None)
@given(book=rubbish, changes=rubbish)
def test_rubbish(client: TestClient, book: Any, changes: Any) -> None:
    for body in ({"book": book, "edits": changes}, {"book": BOOK, "edits": changes}, book):
        answer = _sent(client, body)
        assert answer.status_code in (200, 400), answer.text
        assert answer.status_code == 400 or changes in ([], None, {})
