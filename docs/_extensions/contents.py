"""The tree of the site, and what its index pages look like, from the lists on these pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes

INDEXES = ("index", "README")
"""How an index page is called in its folder."""
ENTRY = re.compile(r"^(?:- |## \d+\s+)\[([^\]]+)\]\(([^)#:]+)\.md\)", re.MULTILINE)
"""A link that begins a line of a list, or a numbered heading."""
OUTWARD = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)]+)\)")


def is_index(page: str) -> bool:
    """Whether a page lists others."""
    return page.rpartition("/")[2] in INDEXES


def with_tree(app: Any, page: str, source: list[str]) -> None:
    """Put the tree of an index page at its end, where no reader of the file sees it."""
    source[0] = without_outward_links(source[0], Path(app.srcdir, page).parent, Path(app.srcdir))
    if is_index(page):
        source[0] += "".join(trees(source[0]))


def trees(text: str) -> Iterator[str]:
    """A hidden tree for each part of a page that lists pages, with its heading."""
    for part in re.split(r"^(?=## [^\d])", text, flags=re.MULTILINE):
        entries = [f"{title} <{target}>" for title, target in ENTRY.findall(part)]
        heading = re.match(r"## (.+)", part)
        if entries:
            caption = [f":caption: {heading[1]}"] if heading else []
            yield "\n".join(["", "```{toctree}", ":hidden:", *caption, "", *entries, "```", ""])


def without_outward_links(text: str, folder: Path, root: Path) -> str:
    """Folders and pages of the project that the site does not have are named, not linked."""

    def named(link: re.Match[str]) -> str:
        words, target = link.groups()
        file = (folder / target).resolve()
        if file.is_relative_to(root) or not (file.is_dir() or file.suffix == ".md"):
            return link[0]
        path = file.relative_to(root.parent).as_posix()
        return f"`{path}`" if words == path else f"{words} (`{path}`)"

    return OUTWARD.sub(named, text)


def shape(_app: Any, doctree: nodes.document) -> None:
    """Name the parts of index pages for the stylesheet: doors, lists of pages, the gallery."""
    env = doctree.settings.env
    if not is_index(env.docname):
        return
    for section in doctree.findall(nodes.section):
        inner = [part for part in section.children if isinstance(part, nodes.section)]
        if section.parent is doctree:
            section["classes"].append("gallery" if env.docname.endswith("README") else "front")
        elif inner:
            section["classes"].append("doors")
        elif any(isinstance(part, nodes.bullet_list) for part in section.children):
            section["classes"].append("pages")


def setup(app: Any) -> dict[str, bool]:
    """Join the build."""
    app.connect("source-read", with_tree)
    app.connect("doctree-read", shape)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
