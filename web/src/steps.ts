/** Steps of a book that goes on: its inputs take their next values, many times before all is shown. */

import type { FormulaCell } from "./engine/formula_cell.js";
import type { Value } from "./engine/values.js";
import type { Cell, Recalculation, Workbook } from "./engine/workbook.js";
import type { BlockData, Payload } from "./format.js";
import { cellsOfFormula } from "./history.js";

/** Cells with the values that they had before the first of some steps. */
interface Begun {
  cells: Cell[];
  values: Value[];
}

export class Steps {
  /** The inputs that go on, and the cells of their next values in the same order. */
  readonly state: Cell[];
  private readonly next: Cell[];
  private readonly keys: ReadonlySet<string>;
  private readonly watched: Cell[];
  private line: FormulaCell[] = [];
  private begun: Begun | null = null;

  constructor(
    private readonly workbook: Workbook,
    payload: Payload,
    steps: NonNullable<Payload["steps"]>,
  ) {
    const cells = (block: number): Cell[] => cellsOf(payload.blocks[block]!);
    this.state = steps.carried.flatMap(([state]) => cells(state));
    this.next = steps.carried.flatMap(([, next]) => cells(next));
    this.keys = new Set(this.state.map((cell) => cell.join()));
    this.watched = steps.watched.flatMap(cells);
  }

  carries(cell: Cell): boolean {
    return this.keys.has(cell.join());
  }

  /** Whether steps were taken that the rest of the book has not followed. */
  get pending(): boolean {
    return this.begun !== null;
  }

  /** Take one step; gives the watched numbers before it, or null where a next value is no number. */
  ahead(): Value[] | null {
    this.begun ??= this.begin();
    const seen = this.watched.map((cell) => this.workbook.value(...cell));
    const values = this.next.map((cell) => this.workbook.value(...cell));
    if (!values.every((value) => typeof value === "number")) return null;
    this.workbook.putAhead(this.state, values);
    this.workbook.workAhead(this.line);
    return seen;
  }

  /** What the state was before these steps. */
  get before(): readonly Value[] {
    return this.begun?.values ?? [];
  }

  /** Let the rest of the book follow. */
  followed(): Recalculation {
    const { cells, values } = this.begun!;
    this.begun = null;
    return this.workbook.followed(cells, values);
  }

  /** What lies between state and next values may be other formulas than last time: somebody types. */
  private begin(): Begun {
    this.line = this.workbook.between(this.state, [...this.next, ...this.watched]);
    const cells = [...this.state, ...this.line.flatMap(cellsOfFormula)];
    return { cells, values: cells.map((cell) => this.workbook.value(...cell)) };
  }
}

function cellsOf({ sheet, matrices, rows, columns }: BlockData): Cell[] {
  return matrices.flatMap(([row, column]) =>
    Array.from({ length: rows * columns }, (_, i): Cell => [sheet, row + Math.floor(i / columns), column + (i % columns)]),
  );
}
