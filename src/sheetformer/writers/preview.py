"""What a book shows of itself in a notebook: its shares as heat maps, in a little HTML."""

from __future__ import annotations

from html import escape

from sheetformer.book.workbook import BlockView, Book

_STYLE = "border-collapse:collapse;font:13px system-ui,sans-serif;margin:.5em 0"


def preview_html(book: Book) -> str:
    """A heading, one line of facts, and the main shares (those of the last block with some)."""
    facts = (
        f"{len(book.blocks)} blocks, {book.formula_cells} formula cells; "
        "save it with <code>book.save('attention.xlsx')</code>"
    )
    shares = [name for name in book if _is_matrix_of_shares(book[name])]
    chosen = "weights" if "weights" in shares else shares[-1] if shares else ""
    table = _table(book[chosen]) if chosen else ""
    return f"<div><h3>{escape(book.title)}</h3><p>{facts}</p>{table}</div>"


def _is_matrix_of_shares(view: BlockView) -> bool:
    shows = view.block.caption.shows_shares and not view.block.node.is_source
    return shows and view.value.ndim == 2 and view.value.size > 1


def _table(view: BlockView) -> str:
    rows, columns = view.labels
    head = "".join(f"<th scope='col'>{escape(word)}</th>" for word in columns or ())
    body = "".join(
        f"<tr><th scope='row' style='text-align:right'>{escape(word)}</th>"
        + "".join(_share(share) for share in shares)
        + "</tr>"
        for word, shares in zip(rows or [""] * len(view.value), view.value.tolist(), strict=True)
    )
    # Each row begins with its word, and be that nothing.
    heading = f"<tr><td></td>{head}</tr>" if columns else ""
    told = view.block.caption.title or "who looks at whom"
    caption = f"<caption>{escape(view.block.name)}: {escape(told)}</caption>"
    return f"<table style='{_STYLE}'>{caption}{heading}{body}</table>"


def _share(share: float) -> str:
    """A cell from white to orange; dark text stays readable on all of them."""
    style = f"background:rgba(224,122,31,{share:.3f});padding:.35em .7em;text-align:right"
    return f"<td style='{style};color:#111'>{share:.0%}</td>"
