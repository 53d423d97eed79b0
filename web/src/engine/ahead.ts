/**
 * Steps of a book whose results are its next inputs: only what lies between them is worked out, in
 * order, and nobody is told of each cell; the rest of the book follows when it is asked for.
 */

import type { FormulaAt } from "./order.js";
import type { FormulaCell } from "./formula_cell.js";
import type { RangeNode } from "./range_node.js";

type Vertex = FormulaCell | RangeNode<FormulaCell>;

/** sheet, row, column */
type Cell = readonly [number, number, number];

/** The formulas that cells in `to` need and that read cells in `from`, in the order of working out. */
export function between(from: readonly Cell[], to: readonly Cell[], formulaAt: FormulaAt): FormulaCell[] {
  const walk = new Walk(new Set(from.map((cell) => cell.join())), formulaAt);
  for (const cell of to) walk.moves(formulaAt(...cell));
  return [...walk.found].sort((a, b) => a.order - b.order);
}

class Walk {
  readonly found = new Set<FormulaCell>();
  private readonly known = new Map<Vertex, boolean>();

  constructor(
    private readonly from: ReadonlySet<string>,
    private readonly formulaAt: FormulaAt,
  ) {}

  /** Whether a formula depends on one of the cells that a step begins with; without recursion. */
  moves(first: FormulaCell | undefined): void {
    if (!first || this.known.has(first)) return;
    const path: { vertex: Vertex; next: Iterator<Vertex>; moves: boolean }[] = [];
    const enter = (vertex: Vertex): void => {
      this.known.set(vertex, false);
      path.push({ vertex, next: this.sources(vertex)[Symbol.iterator](), moves: this.reads(vertex) });
    };
    enter(first);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const { value, done } = top.next.next();
      if (!done) {
        const known = this.known.get(value);
        if (known === undefined) enter(value);
        else if (known) top.moves = true;
        continue;
      }
      path.pop();
      this.known.set(top.vertex, top.moves);
      if (top.moves && "template" in top.vertex) this.found.add(top.vertex);
      if (top.moves && path.length > 0) path[path.length - 1]!.moves = true;
    }
  }

  /** Whether a vertex reads such a cell itself. */
  private reads(vertex: Vertex): boolean {
    return cellsOf(vertex).some((cell) => this.from.has(cell.join()));
  }

  private sources(vertex: Vertex): Vertex[] {
    const formulas = cellsOf(vertex).map((cell) => this.formulaAt(...cell));
    const own = [...new Set(formulas)].filter((formula) => formula !== undefined);
    return "template" in vertex ? [...own, ...vertex.ranges] : own;
  }
}

/** The single cells that a formula reads, or the cells of a range. */
function cellsOf(vertex: Vertex): Cell[] {
  if ("template" in vertex) {
    const { cells } = vertex;
    return Array.from({ length: cells.length / 3 }, (_, i) => [cells[i * 3]!, cells[i * 3 + 1]!, cells[i * 3 + 2]!]);
  }
  const { sheet, row, column, rows, columns } = vertex;
  return Array.from({ length: rows * columns }, (_, i) => [sheet, row + Math.floor(i / columns), column + (i % columns)]);
}
