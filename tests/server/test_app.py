"""The server as a browser meets it: pages, downloads, and refusals in one sentence."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells
from sheetformer.engines.reader import read_cells
from sheetformer.language import languages
from sheetformer.lessons import LESSONS

Json = dict[str, Any]


def book_request(name: str = "cross-attention", **options: str) -> Json:
    return {"name": name, "options": options, "lang": "en"}


def download(client: TestClient, edits: list[Any], book: Json | None = None) -> Any:
    return client.post("/workbook", json={"book": book or book_request(), "edits": edits})


def place(book: Book, name: str, row: int = 0, column: int = 0) -> list[Any]:
    block = book[name].block
    return [block.sheet, block.matrices[0].row + row, block.matrices[0].column + column]


def sentence(answer: Any, status: int) -> str:
    """The one sentence of a refusal; never a traceback."""
    assert answer.status_code == status, answer.text
    message = answer.json()["error"]
    assert "\n" not in message
    assert "Traceback" not in message
    assert message[0].isupper() or not message[0].isalpha()
    assert message.endswith((".", "?", "!", ")"))
    return message


class Forms(HTMLParser):
    """The forms of a page: address → fields with their values."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.forms.setdefault(attributes["action"], {})
        elif tag == "input":
            self._fields[attributes["name"]] = attributes["value"]
        elif tag == "select":
            self._fields[attributes["name"]] = "matrix"


@pytest.mark.parametrize("lang", languages())
def test_the_start_page_has_every_lesson_and_each_form_works(client: TestClient, lang: str) -> None:
    page = client.get("/", params={"lang": lang})
    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert "<script" not in page.text
    forms = Forms(page.text).forms
    assert set(forms) == {*(f"/lessons/{name}" for name in LESSONS), "/translate"}
    for address, fields in forms.items():
        book = client.get(address, params=fields)
        assert book.status_code == 200, (address, book.text[-300:])
        assert "sheetformer-host" in book.text
        assert f'<html lang="{lang}"' in book.text or address == "/translate"


def test_the_browser_chooses_the_language_where_nobody_else_does(client: TestClient) -> None:
    for preferred, lang in (("pt-BR,pt;q=0.9", "pt"), ("de,en", "en"), ("", "en"), (",,", "en")):
        page = client.get("/", headers={"Accept-Language": preferred})
        assert f'<html lang="{lang}">' in page.text, preferred


def test_a_page_carries_the_book_that_was_asked_for(client: TestClient) -> None:
    page = client.get("/lessons/cross-attention?source=I am | happy&target=sou | feliz&lang=pt")
    host = re.search(r'id="sheetformer-host">([^<]*)<', page.text)
    assert host is not None
    assert json.loads(host[1])["book"] == {
        "name": "cross-attention",
        "options": {"source": "I am | happy", "target": "sou | feliz"},
        "lang": "pt",
    }


def test_a_workbook_without_edits_is_the_lesson(client: TestClient, tmp_path: Path) -> None:
    answer = download(client, [], book_request(source="you are happy", formulas="cell"))
    assert answer.headers["content-disposition"] == 'attachment; filename="cross-attention.xlsx"'
    ours = sf.lesson("cross-attention", source="you are happy", formulas="cell")
    there = ours.save(tmp_path / "ours.xlsx").read_bytes()
    assert answer.content == there


def recalculated(answer: Any, path: Path) -> tuple[Cells, Cells]:
    """The stored values of a download, and what an engine makes of it."""
    assert answer.status_code == 200, answer.text
    path.write_bytes(answer.content)
    return read_cells(path), get_engine("ironcalc").recalculate(path)


def test_edits_are_in_the_workbook_and_followed(client: TestClient, tmp_path: Path) -> None:
    book = sf.lesson("cross-attention")
    edits = [
        [*place(book, "source_words", 2), "tired"],
        [*place(book, "W_Q_learned", 1, 1), 0.25],
        [*place(book, "W_K_learned"), {"formula": "2 ^ -1"}],
    ]
    stored, found = recalculated(download(client, edits), tmp_path / "edited.xlsx")
    sheet, row, column = place(book, "source_words", 2)
    assert stored[sheet][row, column] == "tired"
    block = book["weights"].block
    weights = np.array([[found[sheet][cell] for cell in block.cells]])
    assert np.abs(weights - book["weights"].value.ravel()).max() > 0.01
    for name, cells in found.items():
        for at, value in cells.items():
            before = stored[name].get(at)
            same = before == value
            assert same or abs(float(str(before)) - float(str(value))) < 1e-9, (name, at)


def test_text_that_looks_like_a_formula_stays_text(client: TestClient, tmp_path: Path) -> None:
    book = sf.lesson("cross-attention")
    edits = [[*place(book, "source_words"), '=HYPERLINK("http://x.example")']]
    stored, found = recalculated(download(client, edits), tmp_path / "text.xlsx")
    sheet, row, column = place(book, "source_words")
    assert stored[sheet][row, column] == '=HYPERLINK("http://x.example")'
    assert found[sheet][row, column] == '=HYPERLINK("http://x.example")'


def test_the_translator_is_a_book_like_others(client: TestClient, tmp_path: Path) -> None:
    answer = download(client, [], book_request("translate", sentence="the red house"))
    assert 'filename="translator.xlsx"' in answer.headers["content-disposition"]
    path = tmp_path / "translator.xlsx"
    path.write_bytes(answer.content)
    words = {value for cells in read_cells(path).values() for value in cells.values()}
    assert "a casa vermelha" in words
    unknown = download(client, [], book_request("translate", model="/etc/passwd"))
    assert "model" in sentence(unknown, 400)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("/lessons/cross-atention", "cross-attention"),
        ("/lessons/cross-attention?source=hapy", "happy"),
        ("/lessons/cross-attention?source=", "empty"),
        ("/lessons/cross-attention?colour=red", "colour"),
        ("/lessons/cross-attention?formulas=other", "other"),
        ("/lessons/cross-attention?name=x", "no option &#x27;name&#x27;"),
        ("/lessons/nothing?name=x", "&#x27;name&#x27;"),
        ("/translate?name=x", "name"),
        ("/lessons/cross-attention?source=" + "happy+" * 17, "17 words"),
        ("/lessons/cross-attention?source=" + "x" * 600, "600 characters"),
        ("/lessons/cross-attention?" + "&".join(f"o{i}=1" for i in range(30)), "30 options"),
        ("/translate?sentence=xylophone", "xylophone"),
        ("/translate?model=/etc/passwd", "model"),
        ("/lessons/%3Cscript%3E", "&lt;script&gt;"),
        ("/lessons/..%2F..%2Fetc", "no such page"),
    ],
)
def test_refused_pages(client: TestClient, query: str, message: str) -> None:
    answer = client.get(query)
    assert answer.status_code in (400, 404)
    assert message in answer.text
    assert 'role="alert"' in answer.text
    assert "Traceback" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "asked for by its name"),
        ({"book": None}, "asked for by its name"),
        ({"book": {"name": "x", "options": [], "lang": "en"}}, "asked for by its name"),
        ({"book": {"name": "x", "options": {}, "lang": "fr"}}, "asked for by its name"),
        ({"book": {"name": "x", "options": {"a": 1}, "lang": "en"}}, "texts"),
        ({"book": book_request("nothing")}, "nothing"),
        ({"book": {**book_request(), "options": {"name": "softmax"}}}, "no option 'name'"),
        ({"book": {**book_request(), "options": {"lang": "pt"}}}, "no option 'lang'"),
        ({"book": {**book_request("translate"), "options": {"lang": "pt"}}}, "'lang'"),
        ({"book": book_request(), "edits": "x"}, "list"),
        ({"book": book_request(), "edits": [["Nowhere", 0, 0, 1]]}, "Nowhere"),
        ({"book": book_request(), "edits": [["sheetformer", 0, 0, 1]]}, "no sheet"),
        ({"book": book_request(), "edits": [["Attention", 0, 1, {"formula": "1"}]]}, "takes text"),
        (
            {"book": book_request(), "edits": [["Learned", 9, 2, {"formula": "1+"}]]},
            "not understood",
        ),
        ({"book": book_request(), "edits": [["Learned", 9, 2, {"formula": 'RTD("x")'}]]}, "RTD"),
        ({"book": book_request(), "edits": [["Learned", 1 << 40, 0, 1]]}, "no cell"),
        ({"book": book_request(), "edits": [["Learned", 5_000, 0, 1]]}, "far outside"),
        ({"book": book_request(), "edits": [["Learned", 9, 2, "\ud800"]]}, "character"),
        ({"book": book_request(), "edits": [["Learned", 9, 2, 1]] * 10_001}, "10,001"),
    ],
)
def test_refused_downloads(client: TestClient, body: Json, message: str) -> None:
    answer = client.post("/workbook", content=json.dumps(body), headers=_JSON)
    assert message in sentence(answer, 400)


_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {}, 415),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"book=1", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"", _JSON, 400),
        (b"{", _JSON, 400),
        (b"[]", _JSON, 400),
        (b'"x"', _JSON, 400),
        (b"\xff\xfe", _JSON, 400),
        (b"[" * 100_000, _JSON, 400),
        (b'{"book":' * 100_000, _JSON, 400),
        (b"1" * 10_000, _JSON, 400),
        (b'{"book": NaN}', _JSON, 400),
        (b" " * 2_000_001, _JSON, 413),
    ],
)
def test_refused_bodies(
    client: TestClient, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/workbook", content=content, headers=headers)
    sentence(answer, status)
    assert (answer.headers.get("connection") == "close") == (status in (413, 415))


def test_other_methods_and_places(client: TestClient) -> None:
    sentence(client.post("/"), 405)
    sentence(client.delete("/workbook"), 405)
    sentence(client.put("/nothing"), 404)
    assert client.get("/workbook").status_code == 405
    assert client.get("/nothing").status_code == 404
    assert client.get("/docs/../etc/passwd").status_code == 404
    assert client.head("/").status_code == 200


def test_a_wrong_sentence_comes_back_in_the_form_with_its_word_marked(client: TestClient) -> None:
    query = {"source": "I am hapy", "target": "eu sou feliz", "lang": "pt", "formulas": "cell"}
    page = client.get("/lessons/cross-attention", params=query)
    assert page.status_code == 400
    assert 'value="I am hapy"' in page.text
    assert 'value="eu sou feliz"' in page.text
    assert "<mark>hapy</mark>" in page.text
    assert '<option value="cell" selected>' in page.text
    offer = re.search(r'href="([^"]+)">happy</a>', page.text)
    assert offer
    assert client.get(unescape(offer[1])).status_code == 200
    # The other languages keep what was typed.
    assert "source=I+am+hapy&amp;target=eu+sou+feliz&amp;lang=es" in page.text
    translator = client.get("/translate", params={"sentence": "the hapy house"})
    assert "<mark>hapy</mark>" in translator.text
    assert ">happy</a>" in translator.text


def test_lessons_are_numbered_with_pictures_and_robots_are_told(client: TestClient) -> None:
    start = client.get("/").text
    assert start.index("Start here") < start.index("<h3>1. ") < start.index("<h3>2. ")
    assert start.count('<svg class="picture"') == len(LESSONS) + 1
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    assert "Disallow" in client.get("/robots.txt").text
