"""A copy of a model and of what it is called with, of one type, and what it gives by itself."""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.frontends.torch.decimals import as_decimals, has_decimals
from sheetformer.frontends.torch.experts import one_by_one
from sheetformer.frontends.torch.nested import leaves
from sheetformer.frontends.torch.recorder import InDouble, in_double
from sheetformer.frontends.torch.scope import Modules, Scope
from sheetformer.graph.storable import TOLERANCE

LARGE = 30_000_000
"""Learned numbers up to which a second copy of the model runs first, by itself."""
_STOPS = (
    *(RuntimeError, TypeError, ValueError, LookupError, AttributeError, AssertionError),
    *(ArithmeticError, ImportError, OSError),
)
"""What a model may raise that cannot run with what it is given."""


@dataclass(frozen=True)
class Run:
    """A copy of the model, and what it is called with."""

    module: torch.nn.Module
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    named: Mapping[str, Any]
    """What is given, by the names of the parameters."""

    def __call__(self) -> Any:
        """Call it."""
        return self.function(*self.args, **self.kwargs)


def prepare(
    model: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    dtype: torch.dtype | None = torch.float64,
    *,
    short: bool = False,
) -> Run:
    """Copy everything, so that a run changes nothing of the caller's.

    Args:
        model: a module, or one of its methods.
        args: what it is called with.
        kwargs: what else it is called with.
        dtype: the type of all numbers of the copy; None leaves them as they are.
        short: weights become the shortest decimals that are the same in their own type.

    Raises:
        UnsupportedError: it is no module and no method of one, or cannot be copied as numbers.
    """
    module = getattr(model, "__self__", model)
    if not isinstance(module, torch.nn.Module):
        raise UnsupportedError(
            f"give a torch.nn.Module or one of its methods, not {type(model).__name__}; put other "
            "functions into a Module's forward"
        )
    _refuse_closed(module)
    try:
        with _Copying(dtype, short=short):
            own, own_args, settings = copy.deepcopy((module, args, kwargs))
    except SheetformerError:
        raise
    except (TypeError, RuntimeError) as error:
        raise UnsupportedError(
            f"the model, or what it is given, cannot be copied: {_line(error)}"
        ) from error
    own = (own.cpu() if dtype is None else own.cpu().to(dtype)).eval()
    if dtype == torch.float64:
        one_by_one(own)
    function = own if module is model else getattr(own, model.__name__)
    named = _named(own.forward if module is model else function, own_args, settings)
    return Run(own, function, own_args, settings, named)


def called_with(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a model is called with, as (args, kwargs): of a tensor, a tuple or a mapping.

    The last item of a tuple may be a mapping of keyword arguments.
    """
    if isinstance(given, Mapping):
        return (), dict(given)
    args = tuple(given) if isinstance(given, tuple | list) else (given,)
    if args and isinstance(args[-1], Mapping):
        return args[:-1], dict(args[-1])
    return args, {}


def _refuse_closed(model: torch.nn.Module) -> None:
    """Refuse modules whose operations or numbers nobody can see."""
    for path, module in model.named_modules():
        place = f"module {path!r}" if path else "the model itself"
        if isinstance(module, torch.jit.ScriptModule):
            raise UnsupportedError(
                f"{place} is compiled by torch.jit, so its operations cannot be seen; record the "
                "module that it was made of"
            )
        if any(isinstance(x, _LAZY) for x in module.parameters(recurse=False)):
            raise UnsupportedError(f"{place} has no weights yet; call the model once before")
        if "quantized" in type(module).__module__:
            raise UnsupportedError(
                f"{place} ({type(module).__name__}) computes with quantised weights, which are no "
                "float64; record the model that it was made of"
            )


class _Copying(TorchFunctionMode):
    """Copies tensors wherever they are kept: of one type, and without the way they came about."""

    def __init__(self, dtype: torch.dtype | None, *, short: bool) -> None:
        super().__init__()
        self.dtype, self.short = dtype, short

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.__deepcopy__:
            tensor, memo = args
            if id(tensor) not in memo:
                # A tensor that is given twice (attention to itself) stays one.
                memo[id(tensor)] = _own(tensor, self.dtype)
            return memo[id(tensor)]
        if func is torch.Tensor.clone:  # so PyTorch copies the numbers of a parameter
            return _own(args[0], self.dtype, short=self.short)
        return func(*args, **(kwargs or {}))


def _own(tensor: torch.Tensor, dtype: torch.dtype | None, *, short: bool = False) -> torch.Tensor:
    if tensor.layout is not torch.strided:
        raise UnsupportedError(
            f"a tensor of shape {tuple(tensor.shape)} is sparse; give it as x.to_dense(), since "
            "a sheet has a cell for every number"
        )
    if tensor.is_meta or tensor.is_quantized:
        what = "has no numbers (device meta)" if tensor.is_meta else "is quantised"
        raise UnsupportedError(f"a tensor of shape {tuple(tensor.shape)} {what}")
    if short and has_decimals(tensor):
        return as_decimals(tensor)
    mine = tensor.detach().cpu().clone()
    return mine.to(dtype) if dtype is not None and mine.is_floating_point() else mine


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


# What it gives by itself.


@dataclass
class Alone:
    """What a model gives that nobody watches; None where it is too large to run twice."""

    result: Any = None
    drawn: str = ""
    """The module in which NumPy or Python drew random numbers."""


def is_large(model: Any) -> bool:
    """Whether a module, or that of a method, has so many weights that one copy must do."""
    module = getattr(model, "__self__", model)
    return isinstance(module, torch.nn.Module) and _size(module) > LARGE


def run_alone(
    model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], *, short: bool = False
) -> Alone:
    """Run a copy by itself, so that what stops it is known to be its own.

    Raises:
        SheetformerError: it cannot run with what it is given; the message says where and why.
    """
    if is_large(model):
        return Alone()
    run = prepare(model, args, kwargs, short=short)
    modules = Modules.watch(run.module)
    chance = _Chance()
    modules.on_exit = chance.left
    with kept_seed(), stopping(modules), in_double(InDouble()):
        result = run()
    chance.left(modules.now, result)
    return Alone([x for _, x in leaves(result)], chance.drawn)


def _size(module: torch.nn.Module) -> int:
    return sum(x.numel() for x in module.parameters() if not isinstance(x, _LAZY))


_LAZY = torch.nn.parameter.UninitializedParameter


@contextmanager
def kept_seed() -> Generator[None]:
    """Leave PyTorch's random numbers where they were; the next run draws the same."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


@contextmanager
def stopping(modules: Modules) -> Generator[None]:
    """Say of what a model raises that it was the model, and where.

    Raises:
        SheetformerError: the model raised something else.
    """
    try:
        yield
    except SheetformerError:
        raise
    except _STOPS as error:
        scope = modules.now
        raise SheetformerError(
            f"the model stops in {scope.where} with what it is given: "
            f"{type(error).__name__}: {_line(error)}"
        ) from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


@dataclass
class _Chance:
    """In which module NumPy's or Python's own random numbers were drawn."""

    drawn: str = ""
    state: Any = field(default_factory=lambda: _states())

    def left(self, scope: Scope, _result: Any) -> None:
        now = _states()
        if not self.drawn and now != self.state:
            self.drawn = scope.where
        self.state = now


def _states() -> tuple[Any, Any]:
    _, keys, place, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    return random.getstate(), (np.asarray(keys).tobytes(), place, rest)


def refuse_other(alone: Alone, result: Any) -> None:
    """Refuse a model that gives something else a second time.

    Raises:
        UnsupportedError: it does, so a book would hold what was drawn once.
    """
    if alone.result is None:
        return
    again = [x for _, x in leaves(result)]
    if len(again) == len(alone.result) and all(map(_same, alone.result, again)):
        return
    if alone.drawn:
        raise UnsupportedError(
            f"{alone.drawn} draws random numbers with NumPy or Python's random, so each run gives "
            "others; a book would hold those of one run: give them as an argument"
        )
    raise UnsupportedError(
        "run twice with what it is given, the model gives two results: it draws random numbers, "
        "looks at the clock, or reads memory that nobody wrote (torch.empty); a book would hold "
        "those of one run: give them as an argument"
    )


def _same(one: Any, other: Any) -> bool:
    if not isinstance(one, torch.Tensor | np.ndarray | float | int):
        return True
    try:
        a, b = (torch.as_tensor(x).detach().to(torch.complex128) for x in (one, other))
    except (TypeError, RuntimeError):
        return True
    if a.shape != b.shape:
        return False
    return torch.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
