"""From an operation that ran to nodes of the graph, checked against what PyTorch computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

import torch
from torch.utils import _pytree as tree

from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.frontends.torch.aten import (
    as_held,
    as_numpy,
    finite_number,
    functional,
    given,
    plain_name,
    tensors,
    writes,
)
from sheetformer.frontends.torch.chance import Chance
from sheetformer.frontends.torch.data_movement import (
    EMPTY,
    IDENTITY_OPS,
    MOVES,
    VALUE_ESCAPES,
    moved,
    others,
)
from sheetformer.frontends.torch.ledger import FROZEN, UNKNOWN, Ledger
from sheetformer.frontends.torch.operands import Operands, ValueGuard, tags_of
from sheetformer.frontends.torch.origins import Origins
from sheetformer.frontends.torch.pairs import as_pairs, has_complex
from sheetformer.frontends.torch.projections import packed_roles, projection
from sheetformer.frontends.torch.proof import is_proven, prove
from sheetformer.frontends.torch.refusals import COMPLEX, refusal
from sheetformer.frontends.torch.rules import BAGS, RULES
from sheetformer.frontends.torch.rules_attention import (
    RAW,
    SOFTMAX,
    Hiding,
    open_rows,
    refuse_empty_rows,
    scores_of,
)
from sheetformer.frontends.torch.rules_places import BY_PLACE
from sheetformer.frontends.torch.scope import BLENDS, Modules, Origin, Scope
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, rule
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.ops import Value
from sheetformer.graph.turned import turned

CASTS = frozenset({"to", "_to_copy"})
_ADDING = frozenset({"index_put", "_index_put_impl"})
"""What replaces numbers at places, or adds to them where its fourth argument says so."""


@dataclass(eq=False)
class Lowering:
    """Writes each operation of a run into a graph.

    Attributes:
        operands: what tensors are in the graph.
        modules: which module is running.
        inside: whether a module belongs to the slice that is written.
        freeze_unknown: keep the recorded numbers of an operation without a rule.
        recorded: for the node of a block (by its base) what PyTorch computed.
        calls: the functions of PyTorch that are running, as the model calls them.
    """

    operands: Operands
    modules: Modules
    inside: Callable[[Scope], bool]
    freeze_unknown: bool = False
    recorded: dict[int, Value] = field(default_factory=dict[int, Value])
    calls: list[str] = field(default_factory=list[str])
    on_blend: Callable[[Scope, torch.Tensor], torch.Tensor | None] | None = None
    """Is shown what operations give, and may put another tensor in its place."""

    @cached_property
    def chance(self) -> Chance:
        """Random numbers of the run."""
        return Chance(self.operands, self.freeze_unknown)

    @cached_property
    def origins(self) -> Origins:
        """Where the nodes of the graph come from."""
        return Origins(self.operands.graph, self.modules)

    @property
    def ledger(self) -> Ledger:
        """The tags of all tensors."""
        return self.operands.ledger

    def draw(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an operation that draws random numbers."""
        name = self._called(plain_name(func))
        return self.chance.draw(func, args, kwargs, name, self.modules.now, self._is_inside)

    @property
    def _is_inside(self) -> bool:
        return self.inside(self.modules.now)

    def run(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run an operation that touches live numbers, and write it down."""
        name = plain_name(func)
        if any(map(self.ledger.drawn, given(args, kwargs))):
            return self.chance.follow(func, args, kwargs, self.modules.now, self._is_inside)
        if name in VALUE_ESCAPES:
            self.guard_all((args, kwargs))
            return func(*args, **kwargs)
        if writes(func):
            return self._in_place(name, func, args, kwargs)
        out = func(*args, **kwargs)
        if self._only_views(out, args) or name in EMPTY:
            return out
        for tensor, tags in zip(
            tensors(out), self._lowered(name, func, args, kwargs, out), strict=True
        ):
            self._put(tensor, tags, given(args, kwargs))
        return out

    def _put(self, tensor: torch.Tensor, tags: Any, made_of: list[torch.Tensor]) -> None:
        """Say what a result (…) is, and of recorded numbers what they were made of."""
        self.ledger.write(tensor, tags, self.modules.now.path)
        reads = self.ledger.reads(tensor)
        for x in made_of:
            reads |= self.ledger.reads(x)
            if isinstance(tags, int) and tags < 0:
                reads |= self.operands.sources_of(x)

    def _in_place(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """An operation that overwrites its first operand: worked out before the numbers change."""
        target = args[0]
        if name == "set" or kwargs.get("out") is not None:
            self.refuse(name, args, "it replaces a tensor's memory")
        self.operands.declare(target)
        self.operands.written(target)
        before = target.clone()
        settings = (before, *args[1:])
        if name in EMPTY:
            tags: Any = [0]
        else:
            self.ledger.write(before, self.ledger.tags(target).clone())
            self.ledger.reads(before).update(self.ledger.reads(target))
            plain = functional(func) or func
            with torch.no_grad():
                expected = func(before.clone(), *args[1:], **kwargs)
            tags = self._lowered(name, plain, settings, kwargs, expected)
        made_of = [before, *given(args[1:], kwargs)]
        out = func(*args, **kwargs)
        self._put(target, tags[0], made_of)
        return out

    def _only_views(self, out: Any, args: tuple[Any, ...]) -> bool:
        """Whether the results are windows on what was given."""
        operands, results = given(args, {}), tensors(out)
        return all(any(self.ledger.share(result, x) for x in operands) for result in results)

    def _lowered(
        self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any
    ) -> list[Any]:
        """The tags of each result."""
        results = tensors(out)
        if has_complex([*results, *given(args, kwargs)]) and self._is_inside:
            return [self._pairs(name, args, kwargs, results)]
        if not any(result.numel() for result in results):
            return [0] * len(results)  # an expert that nobody chose
        if not self._is_inside:
            return [FROZEN] * len(results)
        try:
            if name in IDENTITY_OPS or name in CASTS:
                found = self._same(args, results[0])
            else:
                found = self._moved(name, func, args, kwargs)
            if found is None:
                return self._by_rule(name, args, kwargs, results)
            return self._proven(results, tensors(found))
        except (SheetformerError, TypeError, ValueError, IndexError) as error:
            return self._unknown(name, args, kwargs, results, error)

    def _pairs(self, name: str, args: Any, kwargs: Any, results: list[torch.Tensor]) -> Any:
        """The tags (…, 2) of complex numbers, or a refusal."""
        since = len(self.operands.graph.nodes)
        found = None if kwargs else rule(as_pairs)(name, args, self.operands.array)
        if found is None or len(results) != 1 or not results[0].is_complex():
            self.refuse(name, args, COMPLEX)
        self.origins.caption(name, since, [found])
        tags = tags_of(found.ids)
        prove(self.operands.graph, torch.view_as_real(results[0]), tags)
        return tags

    def _proven(self, results: list[torch.Tensor], tags: list[Any]) -> list[Any]:
        """The same tags, if what they say is what PyTorch computed."""
        for result, some in zip(results, tags, strict=True):
            prove(self.operands.graph, result, some)
        return tags

    def _same(self, args: tuple[Any, ...], result: torch.Tensor) -> Any:
        """Another copy of the same numbers, perhaps as another type."""
        source = args[0]
        if result.dtype == torch.bool and source.dtype != torch.bool:
            return self._by_rule("ne", (source, 0), {}, [result])[0]
        if result.is_complex():
            raise UnsupportedError(COMPLEX)
        if source.is_floating_point() and not result.is_floating_point():
            return self._by_rule("trunc", (source,), {}, [result])[0]
        self.operands.array(source)
        return self.ledger.tags(source).expand(result.shape)

    def _moved(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The tags where elements only move; None if it is no such operation here."""
        if name not in MOVES or (name in _ADDING and len(args) > 3 and args[3]):
            return None
        where = [x for x in others(name, args) if self.ledger.knows(x)]
        if where and name in RULES:
            return None
        for index in where:
            self.operands.guard(index)
        for x in given(args, kwargs):
            self.operands.declare(x)
        return moved(name, func, args, kwargs, lambda x: self.ledger.tags(x).clone())

    def _by_rule(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], results: list[torch.Tensor]
    ) -> list[Any]:
        name = "index_put" if name in _ADDING else name
        if name not in RULES:
            raise UnsupportedError("it has no rule")
        if name in BY_PLACE:
            args = tuple(map(self._recorded_index, args))
        if name in BAGS:
            args = (*args[:2], self._recorded_index(args[2]), *args[3:])
        raw = name in RAW
        operands = tuple(self._operand(x, raw) for x in args)
        settings = {key: self._operand(x, raw) for key, x in kwargs.items()}
        since = len(self.operands.graph.nodes)
        if name in SOFTMAX:
            refuse_empty_rows(*scores_of(operands, settings))
        found = self._rule(name, operands, settings)
        arrays = [x for x in (found if isinstance(found, tuple) else (found,)) if x is not None]
        self.origins.caption(name, since, arrays)
        if name in SOFTMAX:
            self._guard_rows(*scores_of(operands, settings))
        tags: list[Any] = []
        # A rule may leave out further results, which only a way back needs.
        for array, result in zip(arrays, results, strict=len(arrays) > 1):
            if array.shape != tuple(result.shape):
                array = array.reshape(tuple(result.shape))
            some = tags_of(array.ids)
            if (
                tags
                and not result.is_floating_point()
                and not is_proven(self.operands.graph, result, some)
            ):
                tags.append(UNKNOWN)  # which of equal numbers stands first is PyTorch's to choose
                continue
            prove(self.operands.graph, result, some)
            self._record(array, result)
            tags.append(some)
        return tags + [UNKNOWN] * (len(results) - len(tags))

    def _recorded_index(self, x: Any) -> Any:
        """Places (…) as they were recorded, with a guard; other arguments as they are."""
        if isinstance(x, list | tuple):
            return [self._recorded_index(item) for item in x]
        if not isinstance(x, torch.Tensor) or x.dtype != torch.int64:
            return x
        self.operands.guard(x)
        return x.numpy()

    def _guard_rows(self, scores: Any, axis: int) -> None:
        """Of a mask that can be typed, guard that each row may look somewhere."""
        graph = self.operands.graph
        if isinstance(scores, Hiding) and any(
            node.op == "input" and graph.value(node.ids).min() <= HIDDEN for node in graph
        ):
            since = len(graph.nodes)
            rows = open_rows(scores, axis)
            self.origins.name(since, rows, "open", "whether each row may look somewhere")
            self.operands.guards.append(ValueGuard(rows.ids.ravel(), rows.value.ravel()))

    def _operand(self, x: Any, raw: bool) -> Any:
        """An argument as a rule gets it."""
        if isinstance(x, list | tuple):
            return [self._operand(item, raw) for item in x]
        if isinstance(x, complex):
            raise UnsupportedError(COMPLEX)
        if isinstance(x, torch.Tensor) and not x.numel():
            return as_numpy(x)
        value = self.operands.operand(x, raw=raw) if isinstance(x, torch.Tensor) else x
        return finite_number(value) if isinstance(value, float) else value

    def _rule(self, name: str, operands: tuple[Any, ...], settings: dict[str, Any]) -> Any:
        """Apply the rule; a projection that makes queries, keys and values makes three blocks."""
        if name not in ("linear", "addmm"):
            return rule(RULES[name])(*operands, **settings)
        x, weight, bias = projection(name, operands, settings)
        if isinstance(x, Array) and self._is_merged(x):
            merged = self._merged(x)
            operands = tuple(merged if item is x else item for item in operands)
            x = merged
        names = packed_roles(weight, x) if isinstance(weight, Array) else []
        if not names:
            return rule(RULES[name])(*operands, **settings)
        step = weight.shape[0] // len(names)
        made: list[Array] = []
        for i, role in enumerate(names):
            part = slice(i * step, (i + 1) * step)
            since = len(self.operands.graph.nodes)
            offset = None if bias is None else bias[part]
            made.append(rule(RULES["linear"])(x, weight[part], offset))
            self.origins.name(since, made[-1], role, name)
        return concatenate(made, -1) if len(made) > 1 else made[0]

    def _is_merged(self, x: Array) -> bool:
        """Whether this is what the heads of an attention blend, side by side again."""
        origin = self.origins.get(x.node.base)
        blend = origin is not None and origin.short in BLENDS and x.size == x.node.size
        return blend and not x.is_whole

    def _merged(self, x: Array) -> Array:
        """The heads side by side as a block; a product needs one rectangle anyway."""
        merged = copy(x)
        scope = self.origins[x.node.base].scope
        self.origins[merged.node.base] = Origin(scope, "heads", "the heads side by side")
        return merged

    # Names and proofs.

    def finish_module(self, scope: Scope, result: Any) -> None:
        """What a module gives has the module's name, if it has no better one."""
        if isinstance(result, torch.Tensor) and self.ledger.knows(result):
            first = int(self.ledger.tags(result).flatten()[0])
            if first > 0:
                self.origins.finish(scope, self.operands.graph.owner(first - 1))

    def _record(self, array: Array, result: torch.Tensor) -> None:
        node, value = array.node, as_numpy(result)
        if array.upright.is_whole:
            value = turned(value) if node.base in array.graph.turned else value
            found = array.graph.value(node.span)
            self.recorded[node.base] = as_held(value.reshape(node.shape), found)

    # What has no formula.

    def _unknown(
        self,
        name: str,
        args: Any,
        kwargs: Any,
        results: list[torch.Tensor],
        reason: Any,
    ) -> list[Any]:
        """No rule: whole numbers are kept and guarded; others are refused, or frozen if asked."""
        live = [x for x in given(args, kwargs) if self.operands.is_live(x)]
        if not any(x.is_floating_point() for x in live):
            for x in live:
                self.operands.guard(x)
            return [0] * len(results)
        if any(x.is_complex() for x in results):
            self.refuse(name, args, COMPLEX)
        if not self.freeze_unknown:
            self.refuse(name, args, str(reason))
        return [UNKNOWN] * len(results)

    def guard_all(self, seen: Any) -> None:
        """Python looks at a number: what it decides holds only as long as the number does."""
        for x in tree.tree_leaves(seen):
            if isinstance(x, torch.Tensor):
                self.chance.refuse_drawn(x)
                self.operands.guard(x)

    def _called(self, name: str) -> str:
        """An operation as the model calls it, and as PyTorch does inside if that is another."""
        public = self.calls[0].strip("_") if self.calls else name
        for room in ("fft", "linalg"):
            public = public.replace(f"{room}_", f"{room}.", 1)
        return name if public in (name, "") else f"{public} ({name})"

    def refuse(self, name: str, args: Any, reason: str) -> NoReturn:
        """Stop with what was met, where, and what can be done.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(refusal(self._called(name), self.modules.now, args, reason))
