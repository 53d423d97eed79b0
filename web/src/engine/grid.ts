/** The values of the sheets, and rectangles of them as a formula reads them. */

import { Matrix, type Value } from "./values.js";

/** One sheet of values; a cell that was never written is empty. */
export class Grid {
  readonly rows: (Value[] | undefined)[] = [];
  /** How many rows and columns were ever written. */
  height = 0;
  width = 0;

  get(row: number, column: number): Value {
    return this.rows[row]?.[column] ?? null;
  }

  put(row: number, column: number, value: Value): void {
    let line = this.rows[row];
    if (!line) {
      line = [];
      this.rows[row] = line;
    }
    line[column] = value;
    if (row >= this.height) this.height = row + 1;
    if (column >= this.width) this.width = column + 1;
  }
}

/** Anything with values in a rectangle. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  get(row: number, column: number): Value;
}

/** A rectangle of a sheet, read when it is needed. */
export class Reference implements Table {
  constructor(
    readonly grid: Grid,
    readonly row: number,
    readonly column: number,
    readonly rows: number,
    readonly columns: number,
  ) {}

  get(row: number, column: number): Value {
    return this.grid.rows[this.row + row]?.[this.column + column] ?? null;
  }
}

/** What a part of a formula gives: one value, or many. */
export type Result = Value | Matrix | Reference;

export function isTable(result: Result): result is Matrix | Reference {
  return result instanceof Matrix || result instanceof Reference;
}

/** Calls `visit` with each value, row by row; below and right of the used cells nothing is visited. */
export function each(table: Matrix | Reference, visit: (value: Value) => void): void {
  if (table instanceof Matrix) {
    table.data.forEach(visit);
    return;
  }
  const lastRow = Math.min(table.row + table.rows, table.grid.height);
  const lastColumn = Math.min(table.column + table.columns, table.grid.width);
  for (let row = table.row; row < lastRow; row++) {
    const line = table.grid.rows[row];
    for (let column = table.column; column < lastColumn; column++) visit(line?.[column] ?? null);
  }
}
