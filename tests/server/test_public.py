"""Behind another web server: requests with the beginning of the public path or without it."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from sheetformer.errors import SheetformerError
from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool
from sheetformer.server.public import read_public_url

PUBLIC = "https://books.example/sheets"
BODY = {"book": {"name": "dot-product", "options": {}, "lang": "en"}, "edits": []}


@pytest.fixture(scope="module", params=["http://books.example", "http://127.0.0.1:8000"])
def behind(pool: Pool, request: pytest.FixtureRequest) -> TestClient:
    """As nginx asks: with the name that the reader asked for, or by the address of the server."""
    client = TestClient(make_app(pool, public=read_public_url(PUBLIC)), base_url=request.param)
    client.headers["X-Forwarded-Proto"] = "https"
    client.headers["X-Forwarded-Host"] = "evil.example"
    return client


@pytest.mark.parametrize("path", ["/", "/sheets/"])
def test_every_address_of_the_start_page_is_the_public_one(behind: TestClient, path: str) -> None:
    text = behind.get(path).text
    addresses = re.findall(r'(?:href|action)="([^"#]+)"', text)
    assert len(addresses) > 10
    assert all(address.startswith("/sheets/") for address in addresses)
    assert "evil.example" not in text


@pytest.mark.parametrize("path", ["", "/sheets"])
def test_lessons_and_downloads_work_there(behind: TestClient, path: str) -> None:
    page = behind.get(f"{path}/lessons/dot-product")
    assert page.status_code == 200
    assert '"download": "/sheets/workbook"' in page.text.replace('":"', '": "')
    ours = behind.post(f"{path}/workbook", json=BODY, headers={"Origin": "https://books.example"})
    assert ours.content[:2] == b"PK"
    other = behind.post(f"{path}/workbook", json=BODY, headers={"Origin": "https://evil.example"})
    assert other.status_code == 403
    assert behind.get(f"{path}/lessons/none").text.count("/sheets/?lang=en") == 1


@pytest.mark.parametrize(
    "address",
    ["books.example", "ftp://x", "https://", "https://a@b/c", "https://x/?q", "https://[x"],
)
def test_what_is_no_public_address_is_said(address: str) -> None:
    with pytest.raises(SheetformerError, match="no public address"):
        read_public_url(address)
