"""The workbooks in ready/ are those that the package writes now, and their formulas are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from sheetformer.language import languages
from sheetformer.lessons.again import verify_against

READY = Path(__file__).parents[2] / "ready"


def test_there_is_one_in_each_language_and_none_is_large() -> None:
    files = sorted(READY.iterdir())
    assert [file.name for file in files] == sorted(
        f"cross-attention.{code}.xlsx" for code in languages()
    )
    assert max(file.stat().st_size for file in files) < 150_000


@pytest.mark.parametrize("code", languages())
def test_none_is_stale(code: str) -> None:
    """After a wanted change: make ready."""
    report = verify_against(READY / f"cross-attention.{code}.xlsx", "lesson")
    assert report.ok, str(report)
