"""The parts of docs that a benchmark writes: what stands between two marks of a page."""

from __future__ import annotations

from pathlib import Path


def write_block(page: Path, name: str, text: str) -> None:
    """Put a text between `<!-- name -->` and `<!-- end of name -->` of a page."""
    first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    head, mark, rest = page.read_text(encoding="utf-8").partition(first)
    tail = rest.partition(last)[2]
    if not mark or last not in rest:
        raise SystemExit(f"{page} has no place for {name}: it needs {first.strip()} and {last}")
    page.write_text(f"{head}{first}{text.rstrip()}\n{last}{tail}", encoding="utf-8")
