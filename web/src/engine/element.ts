/**
 * The formula of one element of an array formula: what its cell would say if it stood alone.
 *
 * `{=MMULT(Q_,TRANSPOSE(K_))}` in row i and column j is the product of row i of Q and row j of K.
 */

import { FUNCTIONS, isSingle } from "./functions/table.js";
import type { Rectangle } from "./template.js";
import type { CellTree, Tree } from "./tree.js";

/** The row or column wanted; null for all of them. */
type Index = number | null;

type RangeTree = Tree & { kind: "range" };

/** Every address as it is for a formula filled so far, on its sheet; names become their cells. */
export function absolute(tree: Tree, at: { sheet: number; down: number; right: number }, named: (name: string) => Tree | null): Tree {
  const inner = (part: Tree): Tree => absolute(part, at, named);
  const cell = (one: CellTree): CellTree => fixed(one, at);
  switch (tree.kind) {
    case "cell":
      return cell(tree);
    case "range": {
      const first = cell(tree.first);
      return { kind: "range", first, last: { ...cell(tree.last), sheet: first.sheet } };
    }
    case "name":
      return named(tree.name) ?? tree;
    default:
      return mapped(tree, inner);
  }
}

function fixed(cell: CellTree, { sheet, down, right }: { sheet: number; down: number; right: number }): CellTree {
  const row = cell.rowFixed ? cell.row : cell.row + down;
  const column = cell.columnFixed ? cell.column : cell.column + right;
  return { kind: "cell", sheet: cell.sheet ?? sheet, row, column, rowFixed: true, columnFixed: true };
}

/** The tree with its parts replaced. */
function mapped(tree: Tree, inner: (part: Tree) => Tree): Tree {
  switch (tree.kind) {
    case "call":
      return { ...tree, args: tree.args.map((arg) => arg && inner(arg)) };
    case "infix":
      return { ...tree, left: inner(tree.left), right: inner(tree.right) };
    case "prefix":
    case "percent":
      return { ...tree, operand: inner(tree.operand) };
    default:
      return tree;
  }
}

/** The part of an absolute tree that gives row i and column j of its result. */
export function slice(tree: Tree, i: Index, j: Index): Tree {
  switch (tree.kind) {
    case "range":
      return cut(tree, i, j);
    case "array":
      return i === null || j === null ? tree : (tree.rows[spreadOver(tree.rows.length, i)]?.[spreadOver(tree.rows[0]!.length, j)] ?? tree);
    case "call":
      return sliced(tree, i, j);
    default:
      return mapped(tree, (part) => slice(part, i, j));
  }
}

function sliced(tree: Tree & { kind: "call" }, i: Index, j: Index): Tree {
  const [first, second] = tree.args;
  if (tree.name === "TRANSPOSE" && first) {
    const turned = slice(first, j, i);
    return i !== null && j !== null ? turned : { ...tree, args: [turned] };
  }
  if (tree.name === "MMULT" && first && second) {
    return { ...tree, args: [slice(first, i, null), slice(second, null, j)] };
  }
  const row = FUNCTIONS.get(tree.name);
  return { ...tree, args: tree.args.map((arg, at) => arg && (row && isSingle(row, at) ? slice(arg, i, j) : arg)) };
}

/** A single row or column stands for all. */
function spreadOver(length: number, index: number): number {
  return length === 1 ? 0 : index;
}

function cut(range: RangeTree, i: Index, j: Index): Tree {
  const { first, last } = range;
  const [top, left, rows, columns] = [first.row, first.column, last.row - first.row + 1, last.column - first.column + 1];
  const r = i === null ? [top, top + rows - 1] : Array<number>(2).fill(top + spreadOver(rows, i));
  const c = j === null ? [left, left + columns - 1] : Array<number>(2).fill(left + spreadOver(columns, j));
  const one = { ...first, row: r[0]!, column: c[0]! };
  if (r[0] === r[1] && c[0] === c[1]) return one;
  return { kind: "range", first: one, last: { ...first, row: r[1]!, column: c[1]! } };
}

interface Extent {
  rows: number;
  columns: number;
}

/** How many rows and columns a part of a formula has. */
export function extent(tree: Tree): Extent {
  switch (tree.kind) {
    case "range":
      return { rows: tree.last.row - tree.first.row + 1, columns: tree.last.column - tree.first.column + 1 };
    case "array":
      return { rows: tree.rows.length, columns: tree.rows[0]!.length };
    case "prefix":
    case "percent":
      return extent(tree.operand);
    case "infix":
      return widest([tree.left, tree.right]);
    case "call":
      return extentOfCall(tree);
    default:
      return { rows: 1, columns: 1 };
  }
}

function extentOfCall({ name, args }: Tree & { kind: "call" }): Extent {
  const [first, second] = args;
  if (name === "MMULT" && first && second) return { rows: extent(first).rows, columns: extent(second).columns };
  if (name === "TRANSPOSE" && first) {
    const { rows, columns } = extent(first);
    return { rows: columns, columns: rows };
  }
  const row = FUNCTIONS.get(name);
  return widest(args.filter((arg, i): arg is Tree => arg !== null && row !== undefined && isSingle(row, i)));
}

function widest(trees: Tree[]): Extent {
  const sizes = trees.map(extent);
  return { rows: Math.max(1, ...sizes.map(({ rows }) => rows)), columns: Math.max(1, ...sizes.map(({ columns }) => columns)) };
}

/** All rectangles that an absolute tree reads, each once. */
export function rectangles(tree: Tree): Rectangle[] {
  const found = new Map<string, Rectangle>();
  const look = (part: Tree): Tree => {
    if (part.kind === "cell") add(found, part, part);
    else if (part.kind === "range") add(found, part.first, part.last);
    return mapped(part, look);
  };
  look(tree);
  return [...found.values()];
}

function add(found: Map<string, Rectangle>, a: CellTree, b: CellTree): void {
  const [row, column] = [Math.min(a.row, b.row), Math.min(a.column, b.column)];
  const size = [Math.abs(b.row - a.row) + 1, Math.abs(b.column - a.column) + 1] as const;
  const one: Rectangle = [a.sheet ?? 0, row, column, ...size];
  found.set(one.join(), one);
}
