/** What a cell can hold, and the errors that a formula can end in. */

/** The errors of a spreadsheet; #CIRC! is our word for a formula that needs its own result. */
export type ErrorCode = "#DIV/0!" | "#VALUE!" | "#N/A" | "#NAME?" | "#REF!" | "#NUM!" | "#CIRC!";

/** As many characters as a cell holds. */
export const LONGEST_TEXT = 32_767;

/** A formula that failed. `detail` names the culprit where one is known, such as a wrong name. */
export class CellError {
  constructor(
    readonly code: ErrorCode,
    readonly detail = "",
  ) {}

  toString(): string {
    return this.code;
  }
}

/** A single value; null is an empty cell. */
export type Value = number | string | boolean | null | CellError;

/** Values in a rectangle, row by row. */
export class Matrix {
  constructor(
    readonly rows: number,
    readonly columns: number,
    readonly data: Value[],
  ) {}

  get(row: number, column: number): Value {
    return this.data[row * this.columns + column] ?? null;
  }
}

/** Whether two cells hold the same; two errors of one kind are the same. */
export function same(a: Value, b: Value): boolean {
  if (a instanceof CellError && b instanceof CellError) return a.code === b.code;
  return Object.is(a, b);
}
