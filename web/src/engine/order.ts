/**
 * The order in which formulas are worked out: each after all that it reads.
 *
 * Tarjan's algorithm (1972) finds the groups of formulas that need one another; a group of more
 * than one, or one that reads itself, is circular. It gives the groups in the very order wanted.
 * Ranges are nodes between formulas, so a range that a thousand formulas read is walked once.
 */

import type { FormulaCell } from "./formula_cell.js";
import type { RangeNode } from "./range_node.js";

type Vertex = FormulaCell | RangeNode<FormulaCell>;

interface Visit {
  vertex: Vertex;
  /** How many of its successors were looked at. */
  cursor: number;
  number: number;
  low: number;
  waiting: boolean;
  /** Whether it reads itself. */
  selfish: boolean;
}

/** Finds the formula in a cell. */
export type FormulaAt = (sheet: number, row: number, column: number) => FormulaCell | undefined;

/** Sorts the formulas, numbers them and marks those that are circular. */
export function sorted(formulas: Iterable<FormulaCell>, formulaAt: FormulaAt): FormulaCell[] {
  const walk = new Walk(formulaAt);
  for (const formula of formulas) walk.from(formula);
  walk.order.forEach((formula, i) => (formula.order = i));
  return walk.order;
}

class Walk {
  readonly order: FormulaCell[] = [];
  private readonly visits = new Map<Vertex, Visit>();
  private readonly path: Visit[] = [];
  private readonly open: Visit[] = [];

  constructor(private readonly formulaAt: FormulaAt) {}

  from(formula: FormulaCell): void {
    if (this.visits.has(formula)) return;
    this.enter(formula);
    while (this.path.length > 0) this.step(this.path[this.path.length - 1]!);
  }

  private enter(vertex: Vertex): void {
    const number = this.visits.size;
    const visit = { vertex, cursor: 0, number, low: number, waiting: true, selfish: false };
    this.visits.set(vertex, visit);
    this.path.push(visit);
    this.open.push(visit);
  }

  private step(visit: Visit): void {
    const next = this.next(visit);
    if (next === null) return this.leave(visit);
    if (!next) return;
    if (next === visit.vertex) visit.selfish = true;
    const known = this.visits.get(next);
    if (!known) this.enter(next);
    else if (known.waiting) visit.low = Math.min(visit.low, known.number);
  }

  /** The next successor; undefined for a cell without formula, null after the last. */
  private next(visit: Visit): Vertex | null | undefined {
    const { vertex } = visit;
    const at = visit.cursor++;
    if ("template" in vertex) {
      const single = vertex.cells.length / 3;
      if (at >= single) return vertex.ranges[at - single] ?? null;
      return this.formulaAt(vertex.cells[at * 3]!, vertex.cells[at * 3 + 1]!, vertex.cells[at * 3 + 2]!);
    }
    if (at >= vertex.rows * vertex.columns) return null;
    const row = Math.floor(at / vertex.columns);
    return this.formulaAt(vertex.sheet, vertex.row + row, vertex.column + (at % vertex.columns));
  }

  private leave(visit: Visit): void {
    this.path.pop();
    const before = this.path[this.path.length - 1];
    if (before) before.low = Math.min(before.low, visit.low);
    if (visit.low < visit.number) return;
    const group: FormulaCell[] = [];
    const ring = this.open.splice(this.open.lastIndexOf(visit));
    for (const { vertex } of ring.toReversed()) if ("template" in vertex) group.push(vertex);
    for (const one of ring) one.waiting = false;
    const circular = visit.selfish || ring.length > 1;
    for (const formula of group) formula.circular = circular;
    this.order.push(...group);
  }
}
