/** Steps that can be undone: the contents of some cells before and after. */

import { FormulaCell } from "./engine/formula_cell.js";
import type { Cell, Content, Workbook } from "./engine/workbook.js";

/** What stands in some cells; a formula stands for all of its cells. */
export type Snapshot = [Cell, Content][];

export interface Step {
  before: Snapshot;
  after: Snapshot;
  /** Steps of one gesture, such as dragging a point, are one. */
  gesture: string;
}

/** The contents of these cells, with all cells of the formulas that they belong to. */
export function snapshot(workbook: Workbook, cells: readonly Cell[]): Snapshot {
  const found = new Map<string, [Cell, Content]>();
  for (const cell of cells) {
    const content = workbook.content(...cell);
    const first: Cell = content instanceof FormulaCell ? [content.sheet, content.row, content.column] : cell;
    found.set(first.join(), [first, content]);
  }
  return [...found.values()];
}

export function restore(workbook: Workbook, contents: Snapshot): void {
  for (const [cell, content] of contents) if (!(content instanceof FormulaCell)) workbook.put(cell, content);
  for (const [, content] of contents) if (content instanceof FormulaCell) workbook.putFormula(content);
}

/** All cells of a snapshot. */
export function cellsOf(contents: Snapshot): Cell[] {
  return contents.flatMap(([cell, content]) => (content instanceof FormulaCell ? cellsOfFormula(content) : [cell]));
}

export function cellsOfFormula(formula: FormulaCell): Cell[] {
  return Array.from({ length: formula.rows * formula.columns }, (_, i) => [
    formula.sheet,
    formula.row + Math.floor(i / formula.columns),
    formula.column + (i % formula.columns),
  ]);
}

export class History {
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  add(step: Step): void {
    this.undone.length = 0;
    const last = this.done[this.done.length - 1];
    if (step.gesture && last?.gesture === step.gesture) {
      last.before = joined(step.before, last.before);
      last.after = joined(last.after, step.after);
    } else this.done.push(step);
  }

  undo(): Snapshot | null {
    const step = this.done.pop();
    if (step) this.undone.push(step);
    return step?.before ?? null;
  }

  redo(): Snapshot | null {
    const step = this.undone.pop();
    if (step) this.done.push(step);
    return step?.after ?? null;
  }
}

/** Both, where `over` counts for the cells that are in both. */
function joined(under: Snapshot, over: Snapshot): Snapshot {
  const all = new Map(under.map((entry) => [entry[0].join(), entry]));
  for (const entry of over) all.set(entry[0].join(), entry);
  return [...all.values()];
}
