"""`record`: any PyTorch model as a live sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.frontends.torch.build_book import assemble
from sheetformer.frontends.torch.experts import as_sums
from sheetformer.frontends.torch.ledger import Ledger, storage_key
from sheetformer.frontends.torch.lowering import Lowering
from sheetformer.frontends.torch.nested import leaves
from sheetformer.frontends.torch.operands import Operands
from sheetformer.frontends.torch.recorder import recording
from sheetformer.frontends.torch.run import (
    Run,
    called_with,
    is_large,
    kept_seed,
    prepare,
    refuse_other,
    run_alone,
    stopping,
)
from sheetformer.frontends.torch.scope import Modules
from sheetformer.frontends.torch.slices import Slice, Some, make_slice
from sheetformer.frontends.torch.switches import Switches, make_switches
from sheetformer.graph.node import Graph, Labels
from sheetformer.story.pieces import readable


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
    switches: bool = False,
    ablation: str = "zero",
    patch: Any = None,
    inputs: Mapping[str, Any] | None = None,
    short: bool | None = None,
    next_token: bool | None = None,
    **kwargs: Any,
) -> Book:
    """Run a PyTorch model once and write what it computed as a book of live formulas.

    The model itself is left as it is: a copy runs, in 64-bit numbers and in evaluation mode.

    Args:
        model: a `torch.nn.Module`, or one of its methods, such as `model.generate`.
        args: what it is called with. Tensors of numbers become input cells, and so do token ids.
            Truth values, whole-numbered masks and positions, and what is no tensor (NumPy, lists,
            plain numbers, text) are kept as given; the Inputs sheet names them.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell, "named"
            for array formulas that call functions such as SOFTMAX (for programs with LAMBDA).
        title: the book's heading; the model's class otherwise.
        tokenizer: says which token an id stands for: a list of tokens by their ids, or anything
            with `convert_ids_to_tokens`.
        layers: numbers of the layers to write, from 0; what lies outside keeps recorded numbers.
        heads: numbers of the attention heads to write, from 0, with what they are made of.
        tokens: numbers of the words that look, from 0.
        modules: patterns of module paths to write, such as `"*.encoder_attn"`.
        top_k: write so many of the largest logits of the last word instead of all: those that
            were the largest when it was recorded, with their numbers; the block says so.
        freeze_unknown: keep the recorded numbers of operations without a rule, marked as such.
        force: write it however large it is.
        check: add a sheet that compares every block with PyTorch's numbers.
        switches: add a sheet with a cell for each head and each MLP (1 as it is, 0 off), what the
            model says, how far that is from the untouched run, and what it would say after each
            layer.
        ablation: what a part that is off gives: "zero", or the "mean" over the words.
        patch: what the model is called with in another run (a tensor, a tuple, a mapping), whose
            numbers can be put into the result of each layer, word by word; with switches.
        inputs: arguments of the model that have the name of one of these, such as `tokens`.
        short: write each weight as the shortest decimal that is the same float32, and compute with
            that; the file is a third smaller. Left out, models of more than 30 million weights are
            written so, and smaller ones with every digit.
        next_token: add a sheet with the tokens of the largest logits of the last word, by formula.
            Left out, models with a vocabulary wider than a sheet have it.
        kwargs: what else the model is called with.

    Returns:
        A book; its blocks are named as the modules, `book["encoder_layers_0_linear1"]`, and what
        the model gives (the first of it) is `book["result"]`, whatever its name.

    Raises:
        UnsupportedError: an operation has no rule, or the model draws random numbers; the message
            says where and what can be done.
        SheetformerError: the model cannot run with what it is given, the slice holds nothing, the
            result depends on nothing, or the book would be too large.
    """
    part = make_slice(layers, heads, tokens, modules, top_k)
    kwargs = {**kwargs, **(inputs or {})}
    is_short = is_large(model) if short is None else short
    alone = run_alone(model, args, kwargs, short=is_short)
    knobs = _switches(model, (args, kwargs), part, ablation, patch) if switches else None
    if knobs is None and (patch is not None or ablation != "zero"):
        raise SheetformerError("patch and ablation say what switches do: give switches=True, too")
    run = prepare(model, args, kwargs, short=is_short)
    if knobs is not None:
        knobs.attach(run.module)
    lowering = begin(run, part.holds, _tokens(tokenizer), freeze_unknown)
    if knobs is not None:
        knobs.begin(lowering)
    with kept_seed(), stopping(lowering.modules), recording(lowering):
        result = run()
    refuse_other(alone, result)
    heading = title or type(run.module).__name__
    return assemble(
        lowering, result, part, heading, formulas,
        force=force, with_check=check, switches=knobs, next_token=next_token,
    )  # fmt: skip


def _switches(model: Any, given: Any, part: Slice, ablation: str, patch: Any) -> Switches:
    other = None if patch is None else called_with(patch)
    return make_switches(model, given, part, ablation, other)


def begin(run: Run, holds: Any, tokens: Labels, freeze_unknown: bool) -> Lowering:
    """What writes a run into a new graph; its inputs stand in it already."""
    as_sums(run.module)
    graph, ledger = Graph(), Ledger()
    parameters: dict[int, tuple[str, torch.Tensor]] = {
        storage_key(parameter): (name, parameter)
        for name, parameter in run.module.named_parameters()
    }
    operands = Operands(graph, ledger, parameters, tokens)
    for name, leaf in leaves(run.named):
        if not isinstance(leaf, torch.Tensor):
            continue
        if _is_input(name, leaf):
            _input(operands, leaf, name, tokens)
    operands.kept = [*_kept(run.named, operands)]
    lowering = Lowering(operands, Modules.watch(run.module), holds, freeze_unknown)
    lowering.modules.on_exit = lowering.finish_module
    return lowering


_GIVEN = ("mask", "position")


def _is_input(name: str, tensor: torch.Tensor) -> bool:
    """Whether a reader may type it: numbers and tokens, not truth, whole masks and positions."""
    fixed = not tensor.is_floating_point() and any(word in name for word in _GIVEN)
    truth = tensor.dtype == torch.bool
    return bool(tensor.numel()) and not (truth or fixed or tensor.is_complex())


def _kept(named: Mapping[str, Any], operands: Operands) -> Iterator[str]:
    """The arguments with something in them that the book keeps as it was given."""
    for name, value in named.items():
        held = [leaf for _, leaf in leaves(value) if leaf is not None and leaf is not True]
        if not all(_is_typed(operands, leaf) for leaf in held if leaf is not False):
            yield name


def _is_typed(operands: Operands, leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and (operands.is_live(leaf) or not leaf.numel())


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
    return np.array([readable(str(token)) for token in tokenizer], dtype=object)
