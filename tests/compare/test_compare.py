"""Two runs beside each other: the first difference is where the fault is, and why is said."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import torch

import sheetformer as sf
from sheetformer.errors import SheetformerError

from .faults import first_of, located
from .planted import faults, harmless

SAMPLE = (
    "gpt2: eps, transformer.h.1.ln_2",
    "gpt2: swapped weights, transformer.h.0.attn.c_attn",
    "gpt2: stale keys in 1",
    "llama: missing scale, model.layers.1.self_attn",
    "llama: rotary, turned the other way in 1",
    "bert: cast to bf16, encoder.layer.0.intermediate",
    "bert: left padding not masked",
    "marian: wrong head order, model.encoder.layers.0.self_attn.out_proj",
    "marian: another GELU, model.decoder.layers.0.activation_fn",
)
FAULTS = {case.name: case for case in faults(SAMPLE)}


@pytest.mark.parametrize("name", SAMPLE)
def test_a_fault_is_located(name: str) -> None:
    assert located(FAULTS[name])


def test_no_alarm_where_there_is_no_fault() -> None:
    quiet = [case for case in harmless() if case.name.endswith("five words")]
    assert not [case.name for case in quiet[1:24:4] if first_of(case)]


def encoder() -> tuple[torch.nn.Module, torch.Tensor]:
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(8, 2, 12, batch_first=True).eval()
    return layer, torch.randn(1, 3, 8)


def test_what_differs_is_said_with_its_reason_and_as_a_live_book(tmp_path: Path) -> None:
    model, x = encoder()
    other = copy.deepcopy(model)
    other.norm1.eps = 1e-3
    found = sf.compare(model, other, x)
    assert found.differs
    first = found.first
    assert first is not None
    assert (first.block, first.operation, first.axes) == (
        "norm1", "layer_norm", ("text", "token", "column"),
    )  # fmt: skip
    assert first.a != first.b
    assert "eps is 1e-05 in a and 0.001 in b" in first.why()
    assert {row.kind for row in found.table} == {"same", "differs", "inherits"}
    book = found.book
    assert not np.allclose(book["difference_norm1"].value, 0)
    assert sf.verify(book.save(tmp_path / "both.xlsx")).ok
    assert json.dumps(found.facts())


def test_precisions_are_compared_as_they_run() -> None:
    model, x = encoder()
    found = sf.compare(model, None, x, dtype="bfloat16")
    assert not found.differs
    assert {row.type for row in found.table} == {"bfloat16"}
    with pytest.raises(SheetformerError, match="no difference to follow"):
        _ = found.book


def test_a_shape_and_nan_are_told_apart() -> None:
    model, x = encoder()
    found = sf.compare(model, None, x, inputs_b=torch.randn(1, 4, 8))
    assert found.first is not None
    assert found.first.kind == "shape"
    broken = copy.deepcopy(model)
    with torch.no_grad():
        broken.linear1.weight[0, 0] = torch.nan
    found = sf.compare(model, broken, x)
    assert found.first is not None
    assert (found.first.block, found.first.kind) == ("linear1", "nan")


@pytest.mark.parametrize("form", ["npz", "safetensors", "folder", "mapping"])
def test_dumped_numbers(tmp_path: Path, form: str) -> None:
    model, x = encoder()
    with torch.no_grad():
        inner = model.linear1(model.norm1(x + model.self_attn(x, x, x)[0]))
    dump = {"linear1": inner.numpy(), "norm2": model(x).detach().numpy()}
    assert not sf.compare(model, _written(dump, tmp_path / "right", form), x).differs
    dump["linear1"] = dump["linear1"] * 1.01
    found = sf.compare(model, _written(dump, tmp_path / "wrong", form), x)
    assert found.first is not None
    assert found.first.module == "linear1"
    with pytest.raises(SheetformerError, match="none of this run's names"):
        sf.compare(model, {"elsewhere": inner}, x)


def test_a_recorded_book_and_a_dump(tmp_path: Path) -> None:
    model, x = encoder()
    recorded = sf.record(model, x)
    dump = {name: recorded[name].value for name in ("norm1", "linear1", "norm2")}
    assert not sf.compare(recorded, dump).differs
    dump["linear1"] = dump["linear1"] * 1.01
    found = sf.compare(recorded, dump)
    assert found.first is not None
    assert (found.first.block, found.first.kind) == ("linear1", "differs")
    assert {row.block: row.kind for row in found.table} == {
        "norm1": "same", "linear1": "differs", "norm2": "same",
    }  # fmt: skip
    book = found.book
    off = book["difference_linear1"].value
    assert np.allclose(off, 0.01 * recorded["linear1"].value)
    assert sf.verify(book.save(tmp_path / "both.xlsx")).ok
    with pytest.raises(SheetformerError, match="compared with dumped numbers"):
        sf.compare(recorded, model, x)


def test_a_book_and_its_own_dump_have_nothing_too_much(tmp_path: Path) -> None:
    model, x = encoder()
    recorded = sf.record(model, x)
    dump = dict(np.load(recorded.values(tmp_path / "golden.npz")))
    for one, *given in ((recorded,), (model, x)):
        found = sf.compare(one, dump, *given)
        assert not found.differs
        extra = {row.block for row in found.table if row.kind not in ("same", "within")}
        # A run of PyTorch has no steps of its norms and shares.
        assert one is model or not extra
        assert not [x for x in extra if "weight" in x.split("_") or x.startswith(("ref_", "check"))]
    dump["linear1_weight"][0, 0] += 1
    found = sf.compare(recorded, dump)
    assert found.first is not None
    assert "The weight linear1_weight differs, at [0, 0]" in found.first.why()
    assert {row.kind for row in sf.compare(recorded, dump | {"mine": x}).table} >= {"extra"}


def test_the_book_begins_at_the_first_difference_and_speaks_its_language() -> None:
    """What float32 explains is no beginning, though float64 tells both apart."""
    model, x = encoder()
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.self_attn.out_proj.weight[:] *= 1 + 2e-8 * torch.randn(8, 8)
        other.self_attn.in_proj_weight[:] *= 1 + 1e-7
        other.linear1.weight[0, 0] += 0.5
    found = sf.compare(model, other, x, lang="pt")
    assert found.first is not None
    assert found.first.block == "linear1"
    assert "difference_norm1" not in found.book.blocks
    assert (
        next(name for name in found.book if name.startswith("difference")) == "difference_linear1"
    )
    assert [sheet.name for sheet in found.book.sheets[:2]] == ["Comparação", "Dados"]
    assert found.book.stages[1].text.startswith("Os dois lados diferem")


def test_the_book_of_a_dump_has_the_dumped_numbers() -> None:
    model, x = encoder()
    right = sf.record(model, x)["linear1"].value
    book = sf.compare(model, {"linear1": right * 1.5}, x).book
    assert np.allclose(book["difference_linear1"].value, 0.5 * right)
    with pytest.raises(SheetformerError, match="no block that is made of formulas"):
        _ = sf.compare(model, {"linear2": right}, x).book


def _written(dump: dict[str, np.ndarray], path: Path, form: str) -> object:
    if form == "mapping":
        return dump
    if form == "folder":
        path.mkdir()
        for name, value in dump.items():
            np.save(path / f"{name}.npy", value)
        return path
    target = path.with_suffix(f".{form}")
    if form == "npz":
        np.savez(target, **dump)
    else:
        from safetensors.numpy import save_file

        save_file(dump, target)
    return target


def test_nothing_to_compare_with_is_said() -> None:
    model, x = encoder()
    with pytest.raises(SheetformerError, match="nothing to compare with"):
        sf.compare(model, None, x)
    with pytest.raises(SheetformerError, match="'float8' is not known"):
        sf.compare(model, None, x, dtype="float8")
