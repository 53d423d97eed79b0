"""Switches in a recorded run: a cell for each head, each MLP, and each layer's residual stream.

A cell of 1 leaves a part as it is and 0 takes it out; a patch cell of 1 puts the numbers of another
run into the residual stream. They are arguments of the run like any other: what they do is written
as formulas, and the run itself, with all of them at rest, is the one without.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.frontends.torch.lowering import Lowering
from sheetformer.frontends.torch.operands import Operands
from sheetformer.frontends.torch.run import prepare
from sheetformer.frontends.torch.scope import (
    SWITCHED,
    Modules,
    Origin,
    Scope,
)
from sheetformer.frontends.torch.scout import Parts, first_of, scout
from sheetformer.frontends.torch.slices import Slice
from sheetformer.graph.node import Ids, Node
from sheetformer.story.caption import Caption
from sheetformer.story.names import free

ABLATIONS = ("zero", "mean")
_NOTES = {
    "heads_on": "1: the head as it is; 0: off, {off}.",
    "mlps_on": "1: the MLP as it is; 0: off, {off}.",
    "patch": "1: the layer's result at this word is that of the other run; 0: its own.",
}
_OFF = {"zero": "what it adds is 0", "mean": "at each word it adds the mean of all words"}


@dataclass(eq=False)
class Switches:
    """The cells of a run, and what they do to it.

    Attributes:
        parts: what can be switched.
        ablation: "zero" or "mean".
        other: the path of a layer → its result (…, n, d) in the run that is patched in.
        names: the names of the blocks of cells, each with the paths that its rows are of.
        given: the cells of each part, as the run reads them.
        done: what the heads of some attention blend (by base) and was switched already.
    """

    parts: Parts
    ablation: str = "zero"
    other: Mapping[str, torch.Tensor] = field(default_factory=dict[str, torch.Tensor])
    names: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    given: dict[str, torch.Tensor] = field(default_factory=dict[str, torch.Tensor])
    residuals: dict[str, Ids] = field(default_factory=dict[str, Ids])
    """The path of a layer → the elements of its result, once it has run."""
    done: set[int] = field(default_factory=set[int])
    operands: Operands | None = None
    origins: Any = None
    modules: Modules | None = None

    def attach(self, module: torch.nn.Module) -> None:
        """Let the modules of a copy hand over what they give; before their names are followed."""
        for layer, path in self.parts.mlps.items():
            module.get_submodule(path).register_forward_hook(self._hook(layer, self._mlp))
        for layer in self.parts.layers:
            module.get_submodule(layer).register_forward_hook(self._hook(layer, self._residual))

    def begin(self, lowering: Lowering) -> None:
        """Give the graph its cells."""
        self.operands, self.origins = lowering.operands, lowering.origins
        self.modules = lowering.modules
        lowering.on_blend = self.blended
        for count, paths in _grouped(self.parts.heads).items():
            labels = [f"head {i}" for i in range(count)]
            self._cells("heads_on", paths, torch.ones(len(paths), count), labels)
        if self.parts.mlps:
            paths = list(self.parts.mlps)
            self._cells("mlps_on", paths, torch.ones(len(paths), 1), ["MLP"])
        lengths = {path: int(x.shape[-2]) for path, x in self.other.items()}
        for count, paths in _grouped(lengths).items():
            labels = lowering.operands.words_at(count, paths[0])
            known = [f"token {i}" for i in range(count)] if labels is None else labels
            self._cells("patch", paths, torch.zeros(len(paths), count), known)

    def _cells(self, stem: str, paths: list[str], values: torch.Tensor, labels: Any) -> None:
        assert self.operands is not None
        values = values.double()
        name = free(stem, set(self.names))
        self.names[name] = paths
        rows = np.array(_short(paths), dtype=object)
        made = self.operands.input(values, name, [rows, np.array(labels, dtype=object)])
        note = _NOTES[stem].format(off=_OFF[self.ablation])
        columns = min(6, 2 + max(map(len, rows)) // 12)
        self.operands.captions[made.node.base] = Caption(
            note=note, number_format="switch", label_columns=columns
        )
        for path, row in zip(paths, values, strict=True):
            self.given[f"{stem} {path}"] = row

    # What they do.

    def blended(self, scope: Scope, out: torch.Tensor) -> torch.Tensor | None:
        """What the heads of an attention blend (…, n, d) with its switches; None if it is not."""
        assert self.operands is not None
        on = self.given.get(f"heads_on {scope.path}")
        node = self._node(out)
        if on is None or node is None or node.base in self.done:
            return None
        origin = self.origins.get(node.base)
        if origin is None or origin.short != "context":
            return None
        self.done.add(node.base)
        folded = out.reshape(*out.shape[:-3], -1, len(on), *out.shape[-2:])
        switched = self._switched(folded, on[:, None, None]).reshape(out.shape)
        self._call(switched, SWITCHED, "the heads that are on")
        return switched

    def _mlp(self, layer: str, out: torch.Tensor) -> torch.Tensor:
        switched = self._switched(out, self.given[f"mlps_on {layer}"])
        self._call(switched, "switched", "the MLP, if it is on")
        return switched

    def _switched(self, x: torch.Tensor, on: torch.Tensor) -> torch.Tensor:
        if self.ablation == "zero":
            return x * on
        return x * on + x.mean(-2, keepdim=True) * (1.0 - on)

    def _residual(self, layer: str, out: torch.Tensor) -> torch.Tensor:
        on = self.given.get(f"patch {layer}")
        if on is not None:
            out = torch.where(on[:, None] != 0, self.other[layer], out)
            self._call(out, "residual", "its own, or that of the other run")
        assert self.operands is not None
        ids = self.operands.ledger.tags(out).numpy() - 1
        if (ids >= 0).all():
            self.residuals[layer] = ids.copy()
        return out

    def _hook(self, layer: str, change: Callable[[str, Any], Any]) -> Callable[..., Any]:
        def changed(_module: Any, _args: Any, result: Any) -> Any:
            found = first_of(result)
            assert self.operands is not None
            if not isinstance(found, torch.Tensor) or not self.operands.is_live(found):
                return None
            made = change(layer, found)
            return made if found is result else type(result)((made, *result[1:]))

        return changed

    def _node(self, tensor: torch.Tensor) -> Node | None:
        assert self.operands is not None
        if not self.operands.ledger.knows(tensor):
            return None
        first = int(self.operands.ledger.tags(tensor).flatten()[0])
        return self.operands.graph.owner(first - 1) if first > 0 else None

    def _call(self, tensor: torch.Tensor, short: str, said: str) -> None:
        """Name what a switch has made."""
        node, modules = self._node(tensor), self.modules
        if node is not None and modules is not None:
            self.origins[node.base] = Origin(modules.now, short, said)


def _short(paths: Sequence[str]) -> list[str]:
    """The paths without the modules that all of them lie in.

    >>> _short(["model.layers.0.attn", "model.layers.1.attn"]), _short(["model.layers.0"])
    (['layers.0.attn', 'layers.1.attn'], ['layers.0'])
    """
    parts = [path.split(".") for path in paths]
    while all(len(each) > 1 and each[0] == parts[0][0] for each in parts):
        if any(part.isdigit() for part in (parts[0][0], parts[0][1])):
            break
        parts = [each[1:] for each in parts]
    return [".".join(each) for each in parts]


def _grouped(counts: Mapping[str, int]) -> dict[int, list[str]]:
    """The paths with each count."""
    found: dict[int, list[str]] = {}
    for path, count in counts.items():
        found.setdefault(count, []).append(path)
    return found


def make_switches(model: Any, given: Any, part: Slice, ablation: str, patch: Any) -> Switches:
    """What can be switched in a model, found by a run of a copy; with another run to patch from.

    Args:
        model: a module, or one of its methods.
        given: what it is called with, as (args, kwargs).
        part: what of it is written.
        ablation: "zero" or "mean".
        patch: what the other run is called with, as (args, kwargs); or None.

    Raises:
        SheetformerError: nothing of it can be switched, or the other run does not fit.
    """
    if ablation not in ABLATIONS:
        raise SheetformerError(f'ablation is "zero" or "mean", not {ablation!r}')
    if part.heads is not None:
        raise SheetformerError(
            "switches show what a part does to the result, which heads=… leaves out; give one of "
            "them"
        )
    parts = scout(prepare(model, *given), part)
    if not parts.heads and not parts.mlps:
        raise UnsupportedError(
            "no attention and no layer was found in this model, so there is nothing to switch; "
            "layers are the modules of a torch.nn.ModuleList, and an attention has 'attention' or "
            "'attn' in the name of its class"
        )
    other = {} if patch is None else _other(model, parts, patch, part)
    return Switches(parts, ablation, other)


def _other(model: Any, parts: Parts, patch: Any, part: Slice) -> dict[str, torch.Tensor]:
    theirs = scout(prepare(model, *patch), part).layers
    if not parts.layers:
        raise SheetformerError("the model has no layers (a torch.nn.ModuleList) to patch")
    found: dict[str, torch.Tensor] = {}
    for path, mine in parts.layers.items():
        others = theirs.get(path, ())
        if len(mine) > 1 or len(others) != 1:
            raise SheetformerError(
                f"{path} runs {len(mine)} times here and {len(others)} times in the run to patch "
                "from; patch a run in which each layer runs once"
            )
        if mine[0].shape != others[0].shape:
            raise SheetformerError(
                f"what {path} gives has the shape {tuple(mine[0].shape)} here and "
                f"{tuple(others[0].shape)} in the run to patch from; give both as many words"
            )
        found[path] = others[0]
    return found
