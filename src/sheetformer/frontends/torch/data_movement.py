"""Operations that only move elements: each is run on the tags instead of the numbers.

Views (transpose, slice, split, expand, …) are not even here: they share their operand's storage,
and the ledger finds their elements through their strides.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

MOVES: dict[str, tuple[int, ...]] = {
    "cat": (0,),
    "stack": (0,),
    "reshape": (0,),
    "flatten": (0,),
    "index": (0,),
    "_unsafe_index": (0,),
    "pixel_shuffle": (0,),
    "pixel_unshuffle": (0,),
    "channel_shuffle": (0,),
    "rot90": (0,),
    "index_select": (0,),
    "gather": (0,),
    "embedding": (0,),
    "take_along_dim": (0,),
    "repeat": (0,),
    "repeat_interleave": (0,),
    "flip": (0,),
    "roll": (0,),
    "tile": (0,),
    "tril": (0,),
    "triu": (0,),
    "constant_pad_nd": (0, 2),
    "where": (1, 2),
    "masked_fill": (0, 2),
    "fill": (0, 1),
    "copy": (0, 1),
    "index_put": (0, 2),
    "_index_put_impl": (0, 2),
    "index_copy": (0, 3),
    "index_fill": (0, 3),
    "scatter": (0, 3),
    "slice_scatter": (0, 1),
    "select_scatter": (0, 1),
    "masked_scatter": (0, 2),
    "diag_embed": (0,),
    "permute_copy": (0,),
    "expand_copy": (0,),
    "split_with_sizes_copy": (0,),
}
"""Operation → the places of the arguments that hold the elements; others say where they go."""

IDENTITY_OPS = frozenset(
    {
        *(
            "clone",
            "contiguous",
            "alias",
            "detach",
            "lift",
            "lift_fresh",
            "dropout",
            "alpha_dropout",
        ),
        *("feature_dropout", "type_as", "native_dropout", "view_as_real_copy", "positive"),
    }
)
"""Operations that give the same numbers, in evaluation mode, element by element."""

EMPTY = frozenset(
    {
        *("zeros_like", "ones_like", "full_like", "empty_like", "new_zeros", "new_ones"),
        *("new_full", "new_empty", "zero", "rand_like", "randn_like", "new_empty_strided"),
    }
)
"""Operations that read only the shape of what they are given."""

VALUE_ESCAPES = frozenset({"item", "_local_scalar_dense", "is_nonzero", "equal", "allclose"})
"""Operations that hand a number to Python, where it may decide what the model does next."""


def moved(
    name: str,
    func: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    tags_of: Callable[[torch.Tensor], torch.Tensor],
) -> Any:
    """Run a moving operation on tags, which come out in the shape of its result.

    A plain number that is filled in has the tag of a constant. In place operations write the tags
    in place, too, since the tags of a known tensor are a window on those of its storage.
    """
    places = MOVES[name]
    tagged = [_as_tags(arg, tags_of) if i in places else arg for i, arg in enumerate(args)]
    settings = {key: value for key, value in kwargs.items() if key not in _SETTINGS}
    if "value" in settings:
        settings["value"] = _as_tags(settings["value"], tags_of)
    return func(*tagged, **settings)


_SETTINGS = frozenset({"dtype", "layout", "device", "pin_memory", "memory_format", "non_blocking"})


def _as_tags(arg: Any, tags_of: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    if isinstance(arg, torch.Tensor):
        return tags_of(arg)
    if isinstance(arg, list | tuple):
        return [_as_tags(item, tags_of) for item in arg]
    return 0


def others(name: str, args: tuple[Any, ...]) -> list[torch.Tensor]:
    """The tensors (…) that say where elements go, such as the index of a gather."""
    found: list[torch.Tensor] = []
    for i, arg in enumerate(args):
        if i in MOVES[name]:
            continue
        items = arg if isinstance(arg, list | tuple) else (arg,)
        found += [item for item in items if isinstance(item, torch.Tensor)]
    return found
