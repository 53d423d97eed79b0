"""Faults as people make them, planted in tiny models, and pairs in which there is none."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import nn

from sheetformer.frontends.torch.journal import follow
from sheetformer.frontends.torch.run import prepare
from sheetformer.frontends.torch.slices import Slice

from ..frontends.models import CODERS, hugging_face

FAMILIES = ("gpt2", "llama", "bert", "t5", "marian")
_IDS = torch.tensor([[5, 6, 7, 3, 9]])
_ANSWER = torch.tensor([[4, 9, 8]])


@dataclass(frozen=True)
class Case:
    """A pair of runs.

    Attributes:
        name: family, kind and place.
        a: the first model.
        b: the second.
        where: parts of names, one of which the first difference's block has; empty for none.
        kwargs: what both are called with.
        inputs_b: what b is called with instead.
        settings: of `compare`.
    """

    name: str
    a: nn.Module
    b: nn.Module
    where: tuple[str, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    inputs_b: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)


def given(family: str, ids: torch.Tensor = _IDS) -> dict[str, Any]:
    """What a model is called with."""
    return {"input_ids": ids} | ({"decoder_input_ids": _ANSWER} if family in CODERS else {})


def faults(wanted: Collection[str] | None = None) -> list[Case]:
    """Every planted fault, or those of some names."""
    cases = (case for family in FAMILIES for case in _of(family, wanted))
    return [case for case in cases if wanted is None or case.name in wanted]


def _of(family: str, wanted: Collection[str] | None) -> Iterator[Case]:
    a = hugging_face(family)
    for kind, make in _KINDS.items():
        for place, (change, where) in make(family, a).items():
            if wanted is not None and f"{family}: {kind}, {place}" not in wanted:
                continue
            b = copy.deepcopy(a)
            with torch.no_grad():
                change(b)
            parts = where if isinstance(where, tuple) else where()
            yield Case(f"{family}: {kind}, {place}", a, b, parts, given(family))
    yield from _masks(family, a)
    yield from _padding(family, a)
    yield from _caches(family, a)


Where = tuple[str, ...] | Callable[[], tuple[str, ...]]
Plan = dict[str, tuple[Callable[[nn.Module], None], Where]]


def _modules(model: nn.Module, *ends: str) -> dict[str, nn.Module]:
    return {
        path: module for path, module in model.named_modules() if path.rpartition(".")[2] in ends
    }


def _block(path: str) -> str:
    return path.replace(".", "_")


def _attention(path: str) -> str:
    return _block(path.rpartition(".")[0])


_NORMS = (
    *("ln_1", "ln_2", "ln_f", "input_layernorm", "post_attention_layernorm", "norm", "LayerNorm"),
    *("layer_norm", "self_attn_layer_norm", "final_layer_norm", "encoder_attn_layer_norm"),
)


def _eps(_family: str, model: nn.Module) -> Plan:
    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            norm = b.get_submodule(path)
            name = "eps" if hasattr(norm, "eps") else "variance_epsilon"
            setattr(norm, name, 1e-3)

        return do

    return {path: (change(path), (_block(path),)) for path in _modules(model, *_NORMS)}


_SQUARE = ("q_proj", "o_proj", "out_proj", "query", "q", "o", "k")


def _transposed(_family: str, model: nn.Module) -> Plan:
    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            weight = b.get_submodule(path).weight
            weight.copy_(weight.T.clone())

        return do

    found: Plan = {}
    for path, module in _modules(model, *_SQUARE, "c_proj", "dense").items():
        weight = getattr(module, "weight", None)
        if weight is not None and weight.ndim == 2 and weight.shape[0] == weight.shape[1]:
            role = {"q": "Q", "k": "K"}.get(path.rpartition(".")[2][0], "")
            found[path] = (change(path), (_block(path), f"{_attention(path)}_{role}"))
    return found


def _swapped(_family: str, model: nn.Module) -> Plan:
    """Keys and values of an attention change their weights."""

    def packed(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            weight = b.get_submodule(path).weight
            q, k, v = weight.clone().chunk(3, dim=1)
            weight.copy_(torch.cat([q, v, k], dim=1))

        return do

    def apart(path: str, other: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            one, two = (b.get_submodule(each).weight for each in (path, other))
            kept = one.clone()
            one.copy_(two)
            two.copy_(kept)

        return do

    names = {"k_proj": "v_proj", "key": "value", "k": "v"}
    found: Plan = {
        path: (packed(path), (f"{_attention(path)}_K",)) for path in _modules(model, "c_attn")
    }
    for path in _modules(model, *names):
        head, _, last = path.rpartition(".")
        found[path] = (
            apart(path, f"{head}.{names[last]}"),
            (f"{_block(head)}_K", f"{_block(head)}_V"),
        )
    return found


def _unscaled(family: str, model: nn.Module) -> Plan:
    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            module = b.get_submodule(path)
            module.scaling = 1.0

        return do

    if family == "t5":  # it has no scale
        return {}
    places = [path for path, module in model.named_modules() if hasattr(module, "scaling")]
    steps = ("scores", "scaled", "masked", "weights")
    return {p: (change(p), tuple(f"{_block(p)}_{x}" for x in steps)) for p in places}


def _heads(_family: str, model: nn.Module) -> Plan:
    """The heads stand in another order before they are brought together."""

    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            def turned(_: nn.Module, args: Any) -> Any:
                x = args[0]
                heads = x.reshape(*x.shape[:-1], 2, -1).flip(-2)
                return (heads.reshape(x.shape), *args[1:])

            b.get_submodule(path).register_forward_pre_hook(turned)

        return do

    found: Plan = {}
    for path in _modules(model, "c_proj", "o_proj", "out_proj", "o", "dense"):
        if "attn" in path or "ttention" in path:
            found[path] = (change(path), (_block(path),))
    return found


def _activations(family: str, model: nn.Module) -> Plan:
    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            parent, _, name = path.rpartition(".")
            other = nn.GELU("tanh") if family in ("bert", "marian") else nn.GELU()
            setattr(b.get_submodule(parent), name, other)

        return do

    names = ("act", "act_fn", "activation_fn", "intermediate_act_fn")
    return {p: (change(p), (_block(p),)) for p in _modules(model, *names)}


_CAST_AT = (
    *("ln_1", "c_fc", "mlp", "input_layernorm", "down_proj", "up_proj", "query", "intermediate"),
    *("wi", "wo", "fc1", "fc2", "self_attn_layer_norm", "layer_norm", "LayerNorm"),
)


def _casts(family: str, model: nn.Module) -> Plan:
    """What one module gives goes through bfloat16."""

    def change(path: str) -> Callable[[nn.Module], None]:
        def do(b: nn.Module) -> None:
            def rounded(_: nn.Module, __: Any, result: Any) -> Any:
                return result.to(torch.bfloat16).to(torch.float32)

            b.get_submodule(path).register_forward_hook(rounded)

        return do

    places = _modules(model, *_CAST_AT)
    return {p: (change(p), partial(_after, family, model, p)) for p in places}


def _after(family: str, model: nn.Module, path: str) -> tuple[str, ...]:
    """The names of what a module gives, and of the operations that read it."""
    trace = follow(prepare(model, (), given(family), None), "", Slice(), force=False)
    made = [point for point in trace.points if path in point.modules]
    readers = [
        point.name
        for point in trace.points
        if any(operand.point in made for operand in point.operands)
    ]
    return (*(point.name for point in made), *readers, f"{_block(path)}_to")


def _untied(_family: str, model: nn.Module) -> Plan:
    def change(b: nn.Module) -> None:
        head = b.lm_head
        head.weight = nn.Parameter(head.weight.clone())
        head.weight[3, 2] += 0.25

    return {"lm_head": (change, ("lm_head",))} if hasattr(model, "lm_head") else {}


def _rotary(family: str, _model: nn.Module) -> Plan:
    """Angles of another base, and halves that are turned the other way."""
    if family != "llama":
        return {}
    found: Plan = {}
    for factor in (0.5, 2.0, 50.0):
        found[f"base {factor:g}"] = (_other_base(factor), ("model_layers_0_self_attn",))
    for layer in (0, 1):
        place = (f"model_layers_{layer}_self_attn",)
        found[f"turned the other way in {layer}"] = (_turned_in(layer), place)
    return found


def _other_base(factor: float) -> Callable[[nn.Module], None]:
    def do(b: nn.Module) -> None:
        b.model.rotary_emb.inv_freq *= factor

    return do


def _turned_in(layer: int) -> Callable[[nn.Module], None]:
    from transformers.models.llama import modeling_llama

    plain = modeling_llama.rotate_half

    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        modeling_llama.rotate_half = lambda x: -plain(x)
        try:
            return type(self).forward(self, *args, **kwargs)
        finally:
            modeling_llama.rotate_half = plain

    def do(b: nn.Module) -> None:
        attention = b.model.layers[layer].self_attn
        attention.forward = types.MethodType(forward, attention)

    return do


_KINDS: dict[str, Callable[[str, nn.Module], Plan]] = {
    "eps": _eps,
    "transposed weight": _transposed,
    "swapped weights": _swapped,
    "missing scale": _unscaled,
    "wrong head order": _heads,
    "another GELU": _activations,
    "cast to bf16": _casts,
    "tied weight untied": _untied,
    "rotary": _rotary,
}


# What is wrong with what a model is given.


def _masks(family: str, a: nn.Module) -> Iterator[Case]:
    """A mask that is off by one."""
    # A mask of words that is wrong is found where it is first read, which is a cast.
    steps = ("_masked", "_weights", "_scaled", "to")
    own = given(family)
    if family in ("gpt2", "llama"):
        n = _IDS.shape[1]
        hidden = torch.full((n, n), torch.finfo(torch.float32).min)
        right = hidden.triu(1)[None, None]
        for name, off in (("sees the next", 2), ("not itself", 0)):
            wrong = hidden.triu(off)[None, None].clone()
            wrong[..., 0, 0] = 0
            yield Case(
                f"{family}: mask off by one, {name}", a, a, steps,
                own | {"attention_mask": right}, own | {"attention_mask": wrong},
            )  # fmt: skip
    for place in (0, 3, 4):
        mask = torch.ones_like(_IDS)
        wrong = mask.clone()
        wrong[0, place] = 0
        yield Case(
            f"{family}: word {place} masked", a, a, steps,
            own | {"attention_mask": mask}, own | {"attention_mask": wrong},
        )  # fmt: skip


def _padding(family: str, a: nn.Module) -> Iterator[Case]:
    """Padding at the left: positions that count it, or a mask that forgets it."""
    ids = torch.tensor([[0, 0, 7, 3, 9]])
    mask = torch.tensor([[0, 0, 1, 1, 1]])
    own = given(family, ids) | {"attention_mask": mask}
    forgotten = given(family, ids) | {"attention_mask": torch.ones_like(mask)}
    steps = ("_masked", "_weights", "to")
    yield Case(f"{family}: left padding not masked", a, a, steps, own, forgotten)
    if family == "gpt2":  # Llama's angles are of differences of positions, so there it is none
        places = (mask.cumsum(-1) - 1).clamp(min=0)
        right = own | {"position_ids": places}
        yield Case(f"{family}: left padding counted", a, a, ("wpe",), right, own)


def _caches(family: str, a: nn.Module) -> Iterator[Case]:
    """A cache of another text, or one that was left behind in one layer."""
    if family not in ("gpt2", "llama"):
        return
    last = {"input_ids": torch.tensor([[9]]), "use_cache": True}
    for layer in (0, 1):
        for part in ("keys", "values"):
            right, wrong = (a(_IDS, use_cache=True).past_key_values for _ in range(2))
            kept = getattr(wrong.layers[layer], part)
            other = a(torch.tensor([[1, 2, 3, 4, 8]]), use_cache=True).past_key_values
            kept[:] = getattr(other.layers[layer], part)
            path = "transformer_h" if family == "gpt2" else "model_layers"
            yield Case(
                f"{family}: stale {part} in {layer}", a, a, (f"{path}_{layer}_",),
                last | {"past_key_values": right}, last | {"past_key_values": wrong},
            )  # fmt: skip


# Pairs without a fault.


def harmless() -> list[Case]:
    """Every pair that says the same, in another way or in another precision."""
    return [case for family in FAMILIES for case in _harmless(family)]


def _harmless(family: str) -> Iterator[Case]:
    a = hugging_face(family)
    fused = hugging_face(family, "sdpa")
    texts = {
        "one word": torch.tensor([[5]]),
        "five words": _IDS,
        "two texts": torch.tensor([[5, 6, 7], [8, 9, 3]]),
        "eight words": torch.tensor([[1, 2, 3, 4, 5, 6, 7, 8]]),
    }
    for name, ids in texts.items():
        own = given(family, ids)
        if family in CODERS and len(ids) > 1:
            own["decoder_input_ids"] = _ANSWER.repeat(len(ids), 1)
        pairs: dict[str, tuple[nn.Module, nn.Module, dict[str, Any]]] = {
            "a copy": (a, copy.deepcopy(a), {}),
            "fused attention": (a, fused, {}),
            "eager attention": (fused, a, {}),
            "float64": (a, a, {"dtype": "float64"}),
            "bfloat16": (a, a, {"dtype": "bfloat16"}),
            "both in bfloat16, one fused": (a, fused, {"dtype": ("bfloat16", "bfloat16")}),
            "other memory": (a, _elsewhere(a), {}),
        }
        for kind, (one, other, settings) in pairs.items():
            yield Case(f"{family}: {kind}, {name}", one, other, (), own, None, settings)
        mask = own | {"attention_mask": torch.ones_like(ids)}
        yield Case(f"{family}: a mask of ones, {name}", a, a, (), own, mask)


def _elsewhere(a: nn.Module) -> nn.Module:
    """The same weights, stored by columns."""
    other = copy.deepcopy(a)
    for parameter in other.parameters():
        if parameter.ndim == 2:
            parameter.data = parameter.data.T.contiguous().T
    return other
