"""In which module of the model an operation runs, and what its result is called there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from sheetformer.graph.array import Array


@dataclass(eq=False)
class Scope:
    """One call of one module.

    Attributes:
        path: such as `model.decoder.layers.0.encoder_attn`; empty for the model itself.
        kind: the name of its class.
        call: how often it was called before, from 0.
        leaf: whether no module in it is called.
        block: the path of the layer that it belongs to, such as `model.decoder.layers.0`.
        layer: the number of that layer.
        head_count: how many heads its attention has; 0 where it does not say.
        seen: the names that its attention has given already.
    """

    path: str
    kind: str
    call: int = 0
    leaf: bool = False
    block: str = ""
    layer: int | None = None
    head_count: int = 0
    seen: set[str] = field(default_factory=set[str])
    entered: list[str] = field(default_factory=list[str])
    """The layers that this call has called, in their order."""

    @property
    def place(self) -> str:
        """The path as a sentence says it."""
        return self.path or "the model itself"

    @property
    def where(self) -> str:
        """The module as a message says it, with its class."""
        named = f"module {self.path!r}" if self.path else self.place
        return f"{named} ({self.kind})"

    def heads(self, shape: Sequence[int]) -> list[str]:
        """What the third axis from the end of its scores or shares (…, n, m) is: heads, or none.

        Several texts may be folded into that axis, each with all heads.

        >>> Scope("", "Attention", head_count=2).heads((4, 3, 3))
        ['text 0, head 0', 'text 0, head 1', 'text 1, head 0', 'text 1, head 1']
        """
        if not self.is_attention or len(shape) < 3:
            return []
        count = shape[-3]
        heads = self.head_count or (count if len(shape) > 3 else 0)
        if heads < 2 or count % heads or (len(shape) > 3 and count != heads):
            return []
        if count == heads:
            return [f"head {i}" for i in range(count)]
        return [f"text {i}, head {j}" for i in range(count // heads) for j in range(heads)]

    @property
    def is_attention(self) -> bool:
        """Whether this is an attention module."""
        return "attention" in self.kind.lower() or "attn" in self.kind.lower()


@dataclass(frozen=True)
class Origin:
    """Where a node of the graph comes from.

    Attributes:
        scope: the call of the module that computed it.
        short: what it is called there, such as `weights`; empty for the module's own result.
        description: one more word of the operation, for the sentence below its title.
        plain: whether it is a mere step, which may stand inside the formula that uses it.
    """

    scope: Scope
    short: str
    description: str = ""
    plain: bool = False

    @property
    def path(self) -> str:
        """Where its name begins: queries belong to the attention, not to their projection."""
        if self.scope.leaf and self.short.partition("_")[0] in _ROLES:
            return self.scope.path.rpartition(".")[0]
        return self.scope.path


BY_HEAD = frozenset({"scores", "scaled", "masked", "weights", "shares", "context"})
"""The steps of an attention (…, n, m) that each head has of its own."""

SWITCHED = "context_switched"
"""What the heads of an attention blend, with those that are off taken out."""
BLENDS = ("context", SWITCHED)

_HEAD_COUNTS = ("num_heads", "n_heads", "n_head", "nhead", "heads", "num_attention_heads")


def head_count(module: torch.nn.Module) -> int:
    """How many heads an attention says it has; 0 where it says nothing."""
    for owner in (module, getattr(module, "config", None)):
        found = next((getattr(owner, n) for n in _HEAD_COUNTS if hasattr(owner, n)), None)
        if isinstance(found, int):
            return found
    return 0


@dataclass
class Modules:
    """The modules that are running, outermost first."""

    stack: list[Scope]
    blocks: frozenset[str] = frozenset()
    """The paths of all layers: what stands in an outermost list of modules."""
    calls: Counter[str] = field(default_factory=Counter[str])
    on_exit: Callable[[Scope, Any], None] | None = None
    """Is told the result of each module."""
    spoken: Mapping[str, str] = field(default_factory=dict[str, str])
    """For the path of each module the path as people say it."""

    @staticmethod
    def watch(model: torch.nn.Module) -> Modules:
        """Follow which module runs; the hooks stay on the model, so give a copy."""
        watched = Modules(
            [Scope("", type(model).__name__, head_count=head_count(model))], _blocks(model)
        )
        watched.spoken = _spoken(model)
        for path, module in model.named_modules():
            if path:
                module.register_forward_pre_hook(watched._enter(path, module))
                module.register_forward_hook(watched._leave)
        return watched

    @property
    def now(self) -> Scope:
        """The innermost module that is running."""
        return self.stack[-1]

    def _enter(self, path: str, module: torch.nn.Module) -> Callable[..., None]:
        leaf = not any(True for _ in module.children())

        def entered(_module: Any, _args: Any) -> None:
            call = self.calls[path]
            self.calls[path] += 1
            block = self._block(path)
            layer = self._layer(path, block) if block else None
            scope = Scope(path, type(module).__name__, call, leaf, block, layer, head_count(module))
            self.stack.append(scope)

        return entered

    def _layer(self, path: str, block: str) -> int:
        """The number of a layer; of those that a model calls again and again the number of calls.

        ALBERT's layers are one module, called once for each.
        """
        owner = self.stack[-1]
        if path != block and owner.block == block and owner.layer is not None:
            return owner.layer
        owner.entered.append(block)
        again = len(set(owner.entered)) < len(owner.entered)
        return len(owner.entered) - 1 if again else int(block.rpartition(".")[2])

    def _block(self, path: str) -> str:
        parts = path.split(".")
        outer = (".".join(parts[: i + 1]) for i in range(len(parts)))
        return next((one for one in outer if one in self.blocks), "")

    def _leave(self, _module: Any, _args: Any, result: Any) -> None:
        # A hook that returns something would change the model's result.
        scope = self.stack.pop()
        if self.on_exit is not None:
            self.on_exit(scope, result)


def _spoken(model: torch.nn.Module) -> dict[str, str]:
    """For each path the same with the types of a Sequential's children: `net.0`, `net.linear_0`."""
    found = {"": ""}
    for path, module in model.named_modules():
        outer, _, name = path.rpartition(".")
        if path and name.isdigit() and isinstance(model.get_submodule(outer), torch.nn.Sequential):
            name = f"{type(module).__name__.lower()}_{name}"
        found[path] = f"{found[outer]}.{name}".strip(".")
    return found


def _blocks(model: torch.nn.Module) -> frozenset[str]:
    lists = [p for p, module in model.named_modules() if isinstance(module, torch.nn.ModuleList)]
    return frozenset(
        f"{path}.{number}" if path else number
        for path in lists
        for number, _ in model.get_submodule(path).named_children()
    )


_ROLES = {
    "Q": ("q_proj", "q", "query", "q_lin", "w_q", "wq", "q_attn"),
    "K": ("k_proj", "k", "key", "k_lin", "w_k", "wk"),
    "V": ("v_proj", "v", "value", "v_lin", "w_v", "wv"),
}
_ROLE = {name: role for role, names in _ROLES.items() for name in names}
"""What a projection of an attention module is called in the literature."""


def roles(weight: str, rows: tuple[int, int, int], inner: int) -> list[str]:
    """What a projection makes whose weight holds those of queries, keys and values.

    Args:
        weight: the name of the weight.
        rows: the first of its rows that the projection has, how many it has, how many there are.
        inner: how many numbers a word has.

    >>> roles("self_attn.in_proj_weight", (4, 8, 12), 4), roles("fc1.weight", (0, 12, 12), 4)
    (['K', 'V'], [])
    """
    parts = weight.split(".")
    first, count, whole = rows
    if not {"in_proj_weight", "c_attn", "query_key_value"} & set(parts) or whole % inner:
        return []
    order = {3: ["Q", "K", "V"], 2: ["K", "V"]}.get(whole // inner, [])
    return order[first // inner : (first + count) // inner]


def short_name(scope: Scope, op: str, result: Array, parent: Scope) -> str:
    """What the result (…) of an operation is called: the field's term where there is one."""
    if scope.leaf and op in ("linear", "addmm") and parent.is_attention:
        return _ROLE.get(scope.path.rpartition(".")[2], "")
    if scope.is_attention and (step := _in_attention(scope, op, result)):
        scope.seen.add(step)
        return step
    if scope.leaf and op in _PRIMARY:
        return ""
    return PLAIN.get(op, op.strip("_"))


def is_plain(short: str, op: str) -> bool:
    """Whether a result is named for its operation only: it may stand in a formula that uses it."""
    return short == PLAIN.get(op, op.strip("_")) and op not in _PRIMARY


def _in_attention(scope: Scope, op: str, result: Array) -> str:
    """The steps of attention in their order, as a module that writes them out goes."""
    seen = scope.seen
    if op in ("matmul", "bmm", "baddbmm"):
        return "context" if "weights" in seen else "scores"
    if op in ("softmax", "_softmax"):
        return "weights"
    if op == "scaled_dot_product_attention":
        return "context"
    if op in ("linear", "addmm"):
        return "output" if {"weights", "context"} & seen else ""
    before = "scores" in seen and "weights" not in seen and result.ndim > 2
    if before and op in ("mul", "div"):
        return "scaled"
    return "masked" if before and op in ("add", "masked_fill", "where") else ""


_PRIMARY = frozenset(
    {
        *("linear", "addmm", "embedding", "layer_norm", "rms_norm", "batch_norm", "relu"),
        *("gelu", "silu", "sigmoid", "tanh", "softmax", "log_softmax", "leaky_relu", "elu"),
    }
)
"""What a module of one operation is there for: its result is the module's."""

PLAIN = {
    "add": "sum", "sub": "difference", "rsub": "difference", "mul": "product", "div": "quotient",
    "addmm": "linear", "bmm": "matmul", "mm": "matmul", "_softmax": "softmax",
    "_log_softmax": "log_softmax", "neg": "negative", "eq": "equal", "ne": "unequal",
    "rsqrt": "inverse_root", "max": "largest", "argmax": "chosen",
}  # fmt: skip
"""Operations with a plain name."""
