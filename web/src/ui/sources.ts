/** Where a number comes from: the cells that somebody can change to move it. */

import { caught } from "../engine/arrays.js";
import { toLogical } from "../engine/operators.js";
import type { Place, Tree, Value } from "../model.js";

export interface Followed {
  tree(at: Place): Tree | null;
  value(at: Place): Value;
  evaluate(tree: Tree, at: Place): Value;
}

/** Formulas within formulas; a circle ends somewhere. */
const DEEPEST = 20;

/**
 * The cells to change so that a cell moves by as much: itself, or the entry of the table that it
 * was looked up in. Of a mean of several words, the entry of each. Empty where it is anything else.
 */
export function sources(model: Followed, at: Place, depth = 0): Place[] {
  const tree = model.tree(at);
  if (!tree) return typeof model.value(at) === "number" ? [at] : [];
  return depth > DEEPEST ? [] : follow(model, tree, at, depth);
}

function follow(model: Followed, tree: Tree, at: Place, depth: number): Place[] {
  if (tree.kind === "cell") return sources(model, { sheet: tree.sheet ?? at.sheet, row: tree.row, column: tree.column }, depth + 1);
  if (tree.kind === "infix") return combined(model, tree, at, depth);
  if (tree.kind !== "call") return [];
  const [first, second, third] = tree.args;
  if (tree.name === "INDEX" && first?.kind === "range" && second) return entry(model, first, second, at, depth);
  if (tree.name === "IF" && first && second) {
    const truth = caught(() => toLogical(model.evaluate(first, at)));
    const chosen = truth === true ? second : truth === false ? third : null;
    return chosen ? follow(model, chosen, at, depth) : [];
  }
  return [];
}

/** The mean of several words is their sum over how many there are. */
function combined(model: Followed, tree: Tree & { kind: "infix" }, at: Place, depth: number): Place[] {
  if (tree.operator === "/") return follow(model, tree.left, at, depth);
  if (tree.operator !== "+") return [];
  return [...follow(model, tree.left, at, depth), ...follow(model, tree.right, at, depth)];
}

function entry(model: Followed, range: Tree & { kind: "range" }, place: Tree, at: Place, depth: number): Place[] {
  const number = model.evaluate(place, at);
  // Row 1 of a vocabulary stands for unknown words: all of them would move.
  if (typeof number !== "number" || number < 2) return [];
  const { first } = range;
  return sources(model, { sheet: first.sheet ?? at.sheet, row: first.row + number - 1, column: first.column }, depth + 1);
}
