"""`compare`: two modules, two precisions or two inputs beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.frontends.comparison.dumps import beside, book_trace, read_dump
from sheetformer.frontends.comparison.points import TYPES, Trace
from sheetformer.frontends.comparison.table import Comparison, compared
from sheetformer.frontends.torch.journal import follow
from sheetformer.frontends.torch.run import called_with, prepare
from sheetformer.frontends.torch.slices import Slice, Some, make_slice
from sheetformer.language.catalogue import Language, find_language, use_language


def compare(
    a: Any,
    b: Any = None,
    /,
    *args: Any,
    inputs_b: Any = None,
    dtype: str | Sequence[str | None] | None = None,
    layers: Some = None,
    modules: str | Sequence[str] | None = None,
    force: bool = False,
    lang: str = "en",
    **kwargs: Any,
) -> Comparison:
    """Run two models and say where they first differ by more than their types of numbers explain.

    Both run as they are, in the types that they have: nothing is turned into float64 unseen.

    Args:
        a: a `torch.nn.Module`, one of its methods, or a recorded book.
        b: another one; None for the same module again (in another `dtype`, with other inputs); or
            numbers that somebody dumped, by the names of blocks or modules: a mapping, an `.npz`
            or `.safetensors` file, or a folder of `.npy` files.
        args: what both are called with.
        inputs_b: what b is called with instead: a tensor, a tuple (whose last item may be a
            mapping of keyword arguments), or a mapping.
        dtype: a type such as "bfloat16" that b is turned into and runs in; or one for each, as
            ("float64", "float32").
        layers: numbers of the layers to compare, from 0; what lies outside is taken as given.
        modules: patterns of module paths to compare, such as `"*.self_attn"`.
        force: keep however many numbers there are.
        lang: the language of what the book of the comparison says.
        kwargs: what else both are called with.

    Returns:
        A comparison: `.differs`, `.first`, `.table`, `.book`.

    Raises:
        SheetformerError: a model cannot run with what it is given, there are too many numbers to
            keep, or a dump has none of the names.
    """
    part = make_slice(layers, None, None, modules, None)
    language = find_language(lang)
    types = _types(dtype)
    if isinstance(a, Book):
        first = book_trace(a)
    else:
        first = _followed(a, (args, kwargs), types[0], part, "a", force=force)
    mine = a if isinstance(a, Book) else (a, (args, kwargs))
    if isinstance(b, str | Path | Mapping):
        dump, pairs = beside(first, read_dump(b))
        numbers = {point.name: dumped for point, dumped in pairs}
        return _with_book(compared(first, dump, pairs), mine, numbers, part, language, force=force)
    if isinstance(a, Book):
        raise SheetformerError(
            "a recorded book is compared with dumped numbers: give an .npz or .safetensors file, "
            "a folder of .npy files, or a mapping; to compare two models, give the models"
        )
    other = a if b is None else b
    if b is None and dtype is None and inputs_b is None:
        raise SheetformerError(
            "there is nothing to compare with: "
            'give dtype="bfloat16", inputs_b=…, a second model or dumped numbers'
        )
    given = (args, kwargs) if inputs_b is None else called_with(inputs_b)
    second = _followed(other, given, types[1], part, "b", force=force)
    # In its own type b is no live run, which is always in float64: its numbers are.
    theirs = {x.name: x for x in second.points} if dtype is not None else (other, given)
    return _with_book(compared(first, second), mine, theirs, part, language, force=force)


def _with_book(
    found: Comparison, a: Any, b: Any, part: Slice, language: Language, *, force: bool
) -> Comparison:
    """Let a comparison write its book, when somebody asks for it."""

    def write() -> Book:
        from sheetformer.frontends.torch.compare_book import comparison_book

        with use_language(language):
            return comparison_book(found, a, b, part.holds, force=force)

    found.write = write
    return found


def _types(dtype: str | Sequence[str | None] | None) -> tuple[torch.dtype | None, ...]:
    """The type for each side; None leaves it as it is."""
    sides = (None, dtype) if dtype is None or isinstance(dtype, str) else tuple(dtype)
    if len(sides) != 2:
        raise SheetformerError('give dtype for b, or one for each side: ("float64", "float32")')
    for name in sides:
        if name is not None and name not in TYPES:
            known = ", ".join(TYPES)
            raise SheetformerError(f"dtype {name!r} is not known; there are {known}")
    return tuple(None if name is None else getattr(torch, name) for name in sides)


def _followed(
    model: Any, given: Any, dtype: torch.dtype | None, part: Slice, side: str, *, force: bool
) -> Trace:
    args, kwargs = given
    run = prepare(model, args, kwargs, dtype)
    name = type(run.module).__name__
    kinds = {str(x.dtype).removeprefix("torch.") for x in run.module.parameters()}
    title = f"{side} ({name}, {', '.join(sorted(kinds)) or 'no weights'})"
    return follow(run, title, part, force=force)
