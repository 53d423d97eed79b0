"""The journal: a run of PyTorch as it is, in its own types, with the numbers of every operation.

Where `record` follows each number into a formula, the journal only keeps it. So it takes any
operation, and any precision.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils import _pytree as tree
from torch.utils._python_dispatch import TorchDispatchMode

from sheetformer.errors import SheetformerError
from sheetformer.frontends.comparison.points import (
    Operand,
    Point,
    Replay,
    Setting,
    Trace,
    Type,
    type_of,
)
from sheetformer.frontends.torch.again import (
    Kept,
    blend,
    filled,
    part_of,
    replayed_part,
    replayer,
    result_of,
)
from sheetformer.frontends.torch.aten import plain_name, tensors, writes
from sheetformer.frontends.torch.data_movement import EMPTY, VALUE_ESCAPES
from sheetformer.frontends.torch.fused import attention_steps, packed_parts
from sheetformer.frontends.torch.ledger import storage_key
from sheetformer.frontends.torch.naming import in_words
from sheetformer.frontends.torch.nested import leaves
from sheetformer.frontends.torch.run import Run, kept_seed, stopping
from sheetformer.frontends.torch.scope import Modules, Origin, Scope, short_name
from sheetformer.frontends.torch.slices import Slice
from sheetformer.story.names import free

LARGEST = 50_000_000
"""Numbers that are kept of one run without being asked to."""
_FUSED = "scaled_dot_product_attention"
_REARRANGED = frozenset(
    {
        *("reshape", "contiguous", "clone", "flatten", "_unsafe_view", "expand_copy"),
        *("permute_copy", "repeat", "repeat_interleave", "tile", "dropout", "to", "_to_copy"),
    }
)
"""Operations that give the same numbers at other places: their results are those of before."""


@dataclass(eq=False)
class Journal(TorchDispatchMode):
    """Keeps what every operation that touches the model's numbers reads and gives.

    Attributes:
        modules: which module is running.
        part: the modules whose operations are kept.
        trace: what was kept.
        sources: storage → (kind, name) of weights and inputs.
        force: keep however much it is.
    """

    modules: Modules
    part: Slice
    trace: Trace
    sources: dict[int, tuple[str, str]]
    force: bool = False
    kept: dict[int, list[Kept]] = field(default_factory=dict[int, list[Kept]])
    made: dict[int, list[Point]] = field(default_factory=dict[int, list[Point]])
    """For a storage the points that it holds, side by side along the last axis."""
    alive: list[Any] = field(default_factory=list[Any])
    """Memory that must not be used again, so that its number stays its own."""
    numbers: int = 0

    def __post_init__(self) -> None:
        """Begin as a mode of PyTorch."""
        super().__init__()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        given = [x for x in tree.tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        live = any(self._is_live(x) for x in given)
        writing = writes(func)
        before = [self.keep(x) for x in given] if live else []
        operands = [self._operand(x) for x in before]
        if writing:
            self._copy_on_write(args[0])
        out = func(*args, **kwargs)
        name = plain_name(func)
        if not live or name in VALUE_ESCAPES or name in EMPTY:
            return out
        results = [
            x for x in tensors(out) if writing or not any(_shares(x, other) for other in given)
        ]
        if results:
            self._note(name, func, before, (args, kwargs), operands, results)
        return out

    def _is_live(self, tensor: torch.Tensor) -> bool:
        key = storage_key(tensor)
        return key in self.made or key in self.sources

    def keep(self, tensor: torch.Tensor) -> Kept:
        """A tensor (…) as it is now, whatever is written there later."""
        kept = Kept(tensor)
        self.kept.setdefault(storage_key(tensor), []).append(kept)
        return kept

    def _copy_on_write(self, tensor: torch.Tensor) -> None:
        """Whoever has kept something of this memory gets a copy."""
        for kept in self.kept.pop(storage_key(tensor), []):
            self.alive.append(kept.tensor)
            kept.tensor = kept.tensor.clone()

    def _operand(self, kept: Kept) -> Operand:
        key = storage_key(kept.tensor)
        if points := self.made.get(key):
            return Operand(kept.numpy, _held(points, kept.tensor))
        source, name = self.sources.get(key, ("constant", ""))
        return Operand(kept.numpy, None, source, name)

    # What is written down.

    def _note(
        self,
        name: str,
        func: Any,
        before: list[Kept],
        given: Any,
        operands: list[Operand],
        results: list[Any],
    ) -> None:
        scope = self.modules.now
        if not self.part.holds(scope):
            # What lies outside is given, as it is.
            for result in results:
                self.alive.append(result)
                self.sources[storage_key(result)] = ("constant", f"what {scope.place} gives")
            return
        first = results[0]
        parent = self.modules.stack[-2] if len(self.modules.stack) > 1 else scope
        short = short_name(scope, name, first, parent)
        settings = _settings(func, *given)
        again = replayer(func, given, before)
        if name in _REARRANGED and self._passed_on(operands, given, first):
            return
        if name == _FUSED:
            operands = self._steps(scope, given, operands, first)
        for i, result in enumerate(results):
            kept = self.keep(result)
            self._count(result)
            replay = filled(blend, operands) if name == _FUSED else result_of(again, i)
            parts = packed_parts(name, given[0], self.sources, result)
            called = short if not i else f"{short or name}_{i + 1}"
            self._add(scope, name, called, kept, operands, settings, replay, parts)

    def _passed_on(self, operands: list[Operand], given: Any, result: torch.Tensor) -> bool:
        """Whether the result is an operand's numbers, to the last digit: it is that point then."""
        made = [x.point for x in operands if x.point is not None]
        if len(operands) != 1 or not made:
            return False
        before, now = (_type(x) for x in (given[0][0], result))
        if not (before.name == now.name or 0 < before.digits < now.digits):
            return False
        self.made[storage_key(result)] = made
        self.alive.append(result)
        return True

    def _count(self, result: torch.Tensor) -> None:
        self.numbers += result.numel()
        if self.numbers > LARGEST and not self.force:
            raise SheetformerError(
                f"comparing keeps every number of both runs, and these are more than {LARGEST:,}: "
                "take a part (layers, modules), give fewer words, or say force=True (--force)"
            )

    def _add(
        self,
        scope: Scope,
        name: str,
        short: str,
        kept: Kept,
        operands: list[Operand],
        settings: list[Setting],
        again: Replay,
        parts: list[str],
    ) -> None:
        kind = _type(kept.tensor)
        points = [
            Point(
                Origin(scope, role, name).path, role, name, scope.kind, scope.call, scope.layer,
                part_of(kept.numpy, i, len(parts)), kind, operands, settings,
                replayed_part(again, i, len(parts)),
            )
            for i, role in enumerate(parts or [short])
        ]  # fmt: skip
        self.trace.points += points
        self.made[storage_key(kept.tensor)] = points
        self.alive.append(kept.tensor)

    def _steps(
        self, scope: Scope, given: Any, operands: list[Operand], result: torch.Tensor
    ) -> list[Operand]:
        """The steps of attention in one piece; gives what its last product reads."""
        kind = _type(result)
        steps = attention_steps(given, operands)
        scope.seen |= {"scores", "weights"}
        points: dict[str, Point] = {}
        for step in steps.steps:
            reads = [points[x] if isinstance(x, str) else x for x in step.reads]
            made = [Operand(lambda p=x: p.value, x) if isinstance(x, Point) else x for x in reads]
            points[step.name] = Point(
                scope.path, step.name, step.operation, scope.kind, scope.call, scope.layer,
                step.read, kind, made, step.settings, filled(step.again, made), is_step=True,
            )  # fmt: skip
            self.trace.points.append(points[step.name])
        weights = points["weights"]
        return [Operand(lambda: weights.value, weights), steps.value]

    def finish_module(self, scope: Scope, result: Any) -> None:
        """What a module gives has the module's path as well."""
        first = next((x for _, x in leaves(result) if isinstance(x, torch.Tensor)), None)
        if first is not None and (points := self.made.get(storage_key(first))):
            again = f"#{scope.call + 1}" if scope.call else ""
            if len(points) == 1:
                points[0].modules.append(scope.path + again)


def _settings(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Setting]:
    """What an operation is told besides its tensors, by its names, defaults included."""
    found: list[Setting] = []
    for i, argument in enumerate(func._schema.arguments):
        default = argument.default_value if argument.has_default_value() else None
        value = args[i] if i < len(args) else kwargs.get(argument.name, default)
        if not any(isinstance(x, torch.Tensor) for x in tree.tree_leaves(value)):
            found.append((argument.name, value))
    return found


def _type(tensor: torch.Tensor) -> Type:
    return type_of(str(tensor.dtype).removeprefix("torch."))


def _shares(one: torch.Tensor, other: torch.Tensor) -> bool:
    return storage_key(one) == storage_key(other)


def _held(points: list[Point], tensor: torch.Tensor) -> Point:
    """Which of the points that stand side by side in a memory a window is on."""
    if len(points) == 1:
        return points[0]
    width = sum(point.value.shape[-1] for point in points)
    first = tensor.storage_offset() % width
    return points[first * len(points) // width]


def follow(run: Run, title: str, part: Slice, *, force: bool) -> Trace:
    """Run a model and keep what every operation gives.

    Raises:
        SheetformerError: it cannot run with what it is given, or gives too many numbers to keep.
    """
    modules = Modules.watch(run.module)
    sources = {storage_key(x): ("weight", name) for name, x in run.module.named_parameters()}
    for name, leaf in leaves(run.named):
        if isinstance(leaf, torch.Tensor) and leaf.numel():
            sources.setdefault(storage_key(leaf), ("input", name))
    journal = Journal(modules, part, Trace(title), sources, force)
    modules.on_exit = journal.finish_module
    with kept_seed(), stopping(modules), _as_it_is(), journal:
        result = run()
    trace = journal.trace
    for name, leaf in leaves(result):
        points = journal.made.get(storage_key(leaf)) if isinstance(leaf, torch.Tensor) else None
        if points:
            kept = journal.keep(leaf)
            trace.results.append(Operand(kept.numpy, _held(points, leaf), "result", name))
    trace.beside = {name.replace(".", "_") for _, name in sources.values()}
    own = _own_type(run)
    for point in trace.points:
        point.own = own
    _name(trace, modules.spoken)
    return trace


def _own_type(run: Run) -> Type | None:
    """The coarsest type of a model's weights and of what it is given."""
    given = [x for _, x in leaves(run.named) if isinstance(x, torch.Tensor)]
    kinds = [_type(x) for x in (*run.module.parameters(), *given) if x.is_floating_point()]
    return max(kinds, key=lambda kind: kind.eps, default=None)


@contextmanager
def _as_it_is() -> Generator[None]:
    """No gradients, and no fast paths, which would hide operations."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _name(trace: Trace, spoken: Mapping[str, str]) -> None:
    """Names as `record` gives them: the module's path, then what it is there."""
    taken: set[str] = set()
    for point in trace.points:
        whole = in_words(f"{point.path}.{point.short}".strip("."), spoken) or point.operation
        point.name = free(whole.replace(".", "_"), taken)
        taken.add(point.name)
