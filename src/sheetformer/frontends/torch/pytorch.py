"""`record`: any PyTorch model as a live sheet."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as tree

from sheetformer.book.workbook import Book
from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.build_book import assemble
from sheetformer.frontends.torch.ledger import Ledger, storage_key
from sheetformer.frontends.torch.lowering import Lowering
from sheetformer.frontends.torch.operands import Operands
from sheetformer.frontends.torch.recorder import recording
from sheetformer.frontends.torch.scope import Modules
from sheetformer.frontends.torch.slices import Some, make_slice
from sheetformer.graph.node import Graph, Labels


def record(
    model: Any,
    /,
    *args: Any,
    formulas: str = "matrix",
    title: str = "",
    tokenizer: Any = None,
    layers: Some = None,
    heads: Some = None,
    tokens: Some = None,
    modules: str | Sequence[str] | None = None,
    top_k: int | None = None,
    freeze_unknown: bool = False,
    force: bool = False,
    check: bool = True,
    **kwargs: Any,
) -> Book:
    """Run a PyTorch model once and write what it computed as a book of live formulas.

    The model itself is left as it is: a copy runs, in 64-bit numbers and in evaluation mode.

    Args:
        model: a `torch.nn.Module`, or one of its methods, such as `model.generate`.
        args: what it is called with. Numbers become input cells, and so do token ids; masks and
            positions are constants.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell.
        title: the book's heading; the model's class otherwise.
        tokenizer: says which token an id stands for: a list of tokens by their ids, or anything
            with `convert_ids_to_tokens`.
        layers: numbers of the layers to write, from 0; what lies outside keeps recorded numbers.
        heads: numbers of the attention heads to write, from 0, with what they are made of.
        tokens: numbers of the words that look, from 0.
        modules: patterns of module paths to write, such as `"*.encoder_attn"`.
        top_k: write so many of the largest logits of the last word instead of all.
        freeze_unknown: keep the recorded numbers of operations without a rule, marked as such.
        force: write it however large it is.
        check: add a sheet that compares every block with PyTorch's numbers.
        kwargs: what else the model is called with.

    Returns:
        A book; its blocks are named as the modules, `book["encoder_layers_0_linear1"]`.

    Raises:
        UnsupportedError: an operation has no rule; the message says where and what can be done.
        SheetformerError: the slice holds nothing, the result depends on nothing, or the book would
            be too large.
    """
    part = make_slice(layers, heads, tokens, modules, top_k)
    run = _prepare(model, args, kwargs)
    lowering = _lowering(run, part.holds, _tokens(tokenizer), freeze_unknown)
    with recording(lowering):
        result = run.function(*run.args, **run.kwargs)
    heading = title or type(run.module).__name__
    return assemble(lowering, result, part, heading, formulas, force=force, with_check=check)


@dataclass(frozen=True)
class _Run:
    """A copy of the model, and what it is called with, in float64."""

    module: torch.nn.Module
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    named: Mapping[str, Any]


def _prepare(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Run:
    """Copy everything, so that a run changes nothing of the caller's.

    Raises:
        UnsupportedError: it is no module and no method of one.
    """
    module = getattr(model, "__self__", model)
    if not isinstance(module, torch.nn.Module):
        raise UnsupportedError(
            f"give a torch.nn.Module or one of its methods, not {type(model).__name__}; put other "
            "functions into a Module's forward"
        )
    own = copy.deepcopy(module).double().eval()
    function = own if module is model else getattr(own, model.__name__)
    copies: dict[int, torch.Tensor] = {}

    def mine(tensor: torch.Tensor) -> torch.Tensor:
        # A tensor that is given twice (attention to itself) stays one.
        return copies.setdefault(id(tensor), _own(tensor))

    own_args, settings = tree.tree_map_only(torch.Tensor, mine, (args, kwargs))
    named = _named(own.forward if module is model else function, own_args, settings)
    return _Run(own, function, own_args, settings, named)


def _own(tensor: torch.Tensor) -> torch.Tensor:
    mine = tensor.detach().clone()
    return mine.double() if mine.is_floating_point() else mine


def _named(function: Callable[..., Any], args: Any, kwargs: Any) -> Mapping[str, Any]:
    """What is given, by the names of the parameters."""
    try:
        bound = inspect.signature(function).bind_partial(*args, **kwargs)
    except (TypeError, ValueError):
        return {**{f"input_{i + 1}": x for i, x in enumerate(args)}, **kwargs}
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_KEYWORD:
            found |= value
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            found |= {f"{name}_{i + 1}": item for i, item in enumerate(value)}
        else:
            found[name] = value
    return found


def _lowering(run: _Run, holds: Any, tokens: Labels, freeze_unknown: bool) -> Lowering:
    graph, ledger = Graph(), Ledger()
    parameters: dict[int, tuple[str, torch.Tensor]] = {
        storage_key(parameter): (name, parameter)
        for name, parameter in run.module.named_parameters()
    }
    operands = Operands(graph, ledger, parameters, tokens)
    for name, value in run.named.items():
        for path, leaf in tree.tree_flatten_with_path(value)[0]:
            if isinstance(leaf, torch.Tensor) and _is_input(name, leaf):
                _input(operands, leaf, name + tree.keystr(path), tokens)
    lowering = Lowering(operands, Modules.watch(run.module), holds, freeze_unknown)
    lowering.modules.on_exit = lowering.finish_module
    return lowering


_GIVEN = ("mask", "position")


def _is_input(name: str, tensor: torch.Tensor) -> bool:
    """Whether a reader may type it: numbers and tokens, not masks and positions."""
    fixed = tensor.dtype == torch.bool or any(word in name for word in _GIVEN)
    return bool(tensor.numel()) and not fixed and not tensor.is_complex()


def _input(operands: Operands, tensor: torch.Tensor, name: str, tokens: Labels) -> None:
    """An input block; the tokens of its ids stand beside it and follow what is typed."""
    if operands.ledger.knows(tensor):
        return
    plain = "".join(c if c.isalnum() else "_" for c in name).strip("_")
    if tokens is None or tensor.is_floating_point():
        operands.input(tensor, plain)
        return
    operands.words(operands.input(tensor, plain))


def _tokens(tokenizer: Any) -> Labels:
    """The tokens, which are pieces of text, by their ids."""
    if tokenizer is None:
        return None
    if hasattr(tokenizer, "convert_ids_to_tokens"):
        tokenizer = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return np.array([str(token) for token in tokenizer], dtype=object)
