"""XML elements of a part, whatever prefix a program gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Element = Any
Document = Any
"""Of xml.dom.minidom, whose stubs know more kinds of children than a part of a workbook has."""


def plain_name(element: Element) -> str:
    """The name of an element without its prefix."""
    return element.tagName.rpartition(":")[2]


def children(element: Element) -> list[Element]:
    """The elements inside one, direct ones only."""
    return [one for one in element.childNodes if one.nodeType == one.ELEMENT_NODE]


def named(where: Document | Element, name: str) -> Iterator[Element]:
    """All elements of a name inside, in their order."""
    for one in where.childNodes:
        if one.nodeType == one.ELEMENT_NODE:
            if plain_name(one) == name:
                yield one
            yield from named(one, name)


def new_child(parent: Element, name: str, **attributes: str) -> Element:
    """A new last child with the prefix of its parent."""
    prefix = parent.tagName.rpartition(":")[0]
    element = parent.ownerDocument.createElement(f"{prefix}:{name}" if prefix else name)
    for key, value in attributes.items():
        element.setAttribute(key, value)
    parent.appendChild(element)
    return element


def text_of(element: Element) -> str:
    """The text right inside an element."""
    return "".join(one.data for one in element.childNodes if one.nodeType == one.TEXT_NODE)


def put_before(element: Element, later: Sequence[Element]) -> None:
    """Move an element that stands last in front of the first of those that come after it."""
    if later:
        parent = element.parentNode
        first = next(one for one in parent.childNodes if one in later)
        parent.insertBefore(element, first)
