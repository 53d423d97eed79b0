"""The weights of the lesson gpt after 1,000 steps, as they come with the package."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from sheetformer.errors import FileError

FILE_NAME = "gpt.safetensors"
SHAPE = (262, 16)


def load_gpt_weights() -> NDArray[np.float64]:
    """All matrices in one table (262, 16).

    Raises:
        FileError: the file is missing, damaged or of another shape.
    """
    try:
        content = (files("sheetformer.models") / "weights" / FILE_NAME).read_bytes()
        ((_, tensor),) = deserialize(content)
    except (OSError, ValueError, SafetensorError) as error:
        raise FileError(f"{FILE_NAME} cannot be read; install sheetformer again.") from error
    return _table(tensor)


def _table(tensor: Any) -> NDArray[np.float64]:
    if tensor["dtype"] != "F32" or tuple(tensor["shape"]) != SHAPE:
        raise FileError(f"{FILE_NAME} holds something else; install sheetformer again.")
    numbers = np.frombuffer(tensor["data"], dtype="<f4").astype(np.float64)
    return numbers.reshape(SHAPE).round(4)
