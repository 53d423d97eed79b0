"""Who may ask, and what every answer carries."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from sheetformer.server.app import make_app
from sheetformer.server.pool import Pool

BODY = {"book": {"name": "cross-attention", "options": {}, "lang": "en"}, "edits": []}


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "",
        "[::1",
        "2130706433",
    ],
)
def test_a_foreign_name_pointed_at_this_machine_is_refused(client: TestClient, host: str) -> None:
    for answer in (
        client.get("/", headers={"Host": host}),
        client.post("/workbook", json=BODY, headers={"Host": host}),
    ):
        assert answer.status_code == 421
        assert "own address" in answer.json()["error"]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000", "10.0.0.7"]
)
def test_addresses_and_localhost_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_name_that_was_told_is_ours(pool: Pool) -> None:
    client = TestClient(make_app(pool, ["books.example"]), base_url="http://books.example")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_pages_cannot_post(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post("/workbook", json=BODY, headers=headers)
    assert answer.status_code == 403
    assert "only the pages of this server" in answer.text.lower()


def test_its_own_pages_can_post(client: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/workbook", json=BODY, headers=headers).status_code == 200


def test_other_sites_may_link_but_not_load(client: TestClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    linked = client.get("/", headers=foreign | {"Sec-Fetch-Mode": "navigate"})
    assert linked.status_code == 200
    loaded = client.get("/lessons/cross-attention", headers=foreign | {"Sec-Fetch-Mode": "no-cors"})
    assert loaded.status_code == 403


@pytest.mark.parametrize("address", ["/", "/lessons/cross-attention", "/lessons/none", "/nothing"])
def test_every_answer_is_locked(client: TestClient, address: str) -> None:
    answers = [client.get(address), client.get(address, headers={"Host": "evil.example"})]
    for answer in [*answers, client.post("/workbook", json=BODY), client.post("/workbook")]:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        kept = answer is answers[0] and answer.status_code == 200
        assert answer.headers["cache-control"] == ("no-cache" if kept else "no-store")
        assert answer.headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in answer.headers
        assert "set-cookie" not in answer.headers
