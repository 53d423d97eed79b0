"""Make the weights of the lesson gpt: `python -m sheetformer.lessons.gpt_train FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from sheetformer.files import write_whole
from sheetformer.lessons.gpt import TRAINED, learned_weights


def main() -> None:
    """Take all steps from the usual start, and write the weights, four decimals each."""
    weights = learned_weights(TRAINED).round(4).astype(np.float32)
    write_whole(Path(sys.argv[1]), save({"weights": weights}))


if __name__ == "__main__":
    main()
