/** A formula as a small tree. */

import type { LEVELS } from "./table.generated.js";
import type { ErrorCode } from "./values.js";

/** One cell as a formula names it; `sheet` is null for the formula's own sheet. */
export interface CellTree {
  kind: "cell";
  sheet: number | null;
  row: number;
  column: number;
  rowFixed: boolean;
  columnFixed: boolean;
}

export type Tree =
  | { kind: "number"; value: number }
  | { kind: "text"; value: string }
  | { kind: "logical"; value: boolean }
  | { kind: "error"; code: ErrorCode }
  | CellTree
  /** Two corners, as they were written. */
  | { kind: "range"; first: CellTree; last: CellTree }
  /** A defined name; an unknown one becomes #NAME?. */
  | { kind: "name"; name: string }
  /** A function, in capitals and without the prefix that files give it; null is an argument left out. */
  | { kind: "call"; name: string; args: (Tree | null)[] }
  | { kind: "infix"; operator: Operator; left: Tree; right: Tree }
  | { kind: "prefix"; operator: "-" | "+"; operand: Tree }
  | { kind: "percent"; operand: Tree }
  /** An array written out, {1,2;3,4}. */
  | { kind: "array"; rows: Tree[][] };

export type Operator = (typeof LEVELS)[number][number];
