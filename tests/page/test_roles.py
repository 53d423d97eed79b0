"""The page finds blocks by their roles: those that it looks for are those that the books give."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import sheetformer as sf
from sheetformer.writers.page_payload import page_payload

FILE = Path(__file__).parents[2] / "web" / "src" / "ui" / "roles.ts"


def roles_of_the_page() -> set[str]:
    """The roles that the page's program names."""
    text = FILE.read_text(encoding="utf-8")
    listed = [text.partition(f"{name} = [")[2].partition("]")[0] for name in ("PARTS", "ROLES")]
    assert all(listed)
    return set(re.findall(r'"([^"]+)"', "".join(listed)))


def test_every_role_that_the_page_looks_for_is_one_of_a_book() -> None:
    books = (
        sf.lesson("cross-attention"),
        sf.lesson("self-attention"),
        sf.lesson("encoder-decoder"),
        sf.translate("the red house"),
    )
    given = {block.role for book in books for block in book.blocks.values()}
    assert roles_of_the_page()
    assert roles_of_the_page() <= given


def test_a_block_carries_its_role_and_its_plain_title() -> None:
    blocks = page_payload(sf.lesson("cross-attention"))["blocks"]
    by_name = {block["name"]: block for block in blocks}
    weights = by_name["weights"]
    assert weights["kind"] == "computed"
    assert weights["role"] == "attention weights"
    assert weights["title"] == "Attention weights"
    assert by_name["source_words"]["kind"] == "input"


def test_a_block_of_which_nothing_is_said_carries_no_role() -> None:
    blocks = page_payload(sf.trace(lambda x: x * 2.0, np.eye(2)))["blocks"]
    assert [block["kind"] for block in blocks] == ["input", "computed"]
    assert not any("role" in block for block in blocks)
