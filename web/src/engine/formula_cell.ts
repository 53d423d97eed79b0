/** One formula at its place: of a single cell, or of the rectangle of an array formula. */

import type { RangeNode } from "./range_node.js";
import type { Template } from "./template.js";

export class FormulaCell {
  /** Place in the order of working out; −1 before it has one. */
  order = -1;
  /** Whether it needs its own result. */
  circular = false;
  /** Single cells that it reads: sheet, row, column, sheet, row, column, … */
  cells: number[] = [];
  ranges: RangeNode<FormulaCell>[] = [];

  constructor(
    readonly template: Template,
    readonly sheet: number,
    readonly row: number,
    readonly column: number,
    readonly rows = 1,
    readonly columns = 1,
  ) {}
}
