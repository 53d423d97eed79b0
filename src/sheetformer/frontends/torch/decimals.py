"""Weights as the decimals that stand in their cells: the shortest ones that are the same float32.

Sixteen digits of a float32 say nothing that nine do not say, and take half as much room again. So a
large book defines a weight as that decimal, and its run computes with the same decimals: the sheet
and the model agree to the last digit.
"""

from __future__ import annotations

import numpy as np
import orjson
import torch

_STRIPE = 1 << 16
"""Weights that are written out at once."""
_NARROW = (torch.float32, torch.float16, torch.bfloat16)


def has_decimals(tensor: torch.Tensor) -> bool:
    """Whether a tensor is of a type whose numbers have shorter decimals than a float64."""
    return tensor.dtype in _NARROW


def as_decimals(tensor: torch.Tensor) -> torch.Tensor:
    """Weights (…) of a narrow type as float64: each the shortest decimal that reads back the same.

    >>> as_decimals(torch.tensor([0.1, -2.5])).tolist()
    [0.1, -2.5]
    """
    given = tensor.detach().cpu().to(torch.float32).contiguous().numpy().ravel()
    found = np.empty(given.size)
    for start in range(0, given.size, _STRIPE):
        stripe = given[start : start + _STRIPE]
        # What no cell holds has no decimal; it is refused later, by its name.
        found[start : start + _STRIPE] = (
            orjson.loads(orjson.dumps(stripe, option=orjson.OPT_SERIALIZE_NUMPY))
            if np.isfinite(stripe).all()
            else stripe
        )
    return torch.from_numpy(found).reshape(tensor.shape)
