/**
 * Sheets of values and formulas that work themselves out: only what an edit reaches, each formula
 * after all that it reads, and no further where a value stays the same.
 */

import { cellKey } from "./address.js";
import { between } from "./ahead.js";
import { caught, scalarOf, spread } from "./arrays.js";
import { contextCell } from "./context_cell.js";
import { FormulaCell } from "./formula_cell.js";
import { Grid, isTable, type Result } from "./grid.js";
import { sorted } from "./order.js";
import { Readers } from "./readers.js";
import { type Names, Template } from "./template.js";
import type { Tree } from "./tree.js";
import { CellError, same, type Value } from "./values.js";

/** What stands in a cell: a value, or a formula (for each cell of an array the same one). */
export type Content = Value | FormulaCell;

/** sheet, row, column */
export type Cell = readonly [number, number, number];

/** A cell that has another value now, with the one before. */
export interface ChangedCell {
  sheet: number;
  row: number;
  column: number;
  before: Value;
}

export interface Recalculation {
  changed: ChangedCell[];
  formulas: number;
}

export class Workbook implements Names {
  readonly grids: Grid[];
  private readonly formulas: (FormulaCell | undefined)[][][];
  private readonly sheets: Map<string, number>;
  private readonly names = new Map<string, Tree>();
  private readonly readers = new Readers();
  private readonly all = new Set<FormulaCell>();
  /** Those that give something else each time. */
  private readonly drawn = new Set<FormulaCell>();
  private order: FormulaCell[] = [];
  private stale = true;
  private loaded = false;
  private dirty = new Uint8Array(0);
  private pass = 0;
  /** Cells whose content was set since the last recalculation, with the value before. */
  private touched = new Map<number, ChangedCell>();
  private fresh: FormulaCell[] = [];

  constructor(sheets: readonly string[]) {
    this.grids = sheets.map(() => new Grid());
    this.formulas = sheets.map(() => []);
    this.sheets = new Map(sheets.map((name, i) => [name.toLowerCase(), i]));
  }

  readonly sheetOf = (name: string): number | null => this.sheets.get(name.toLowerCase()) ?? null;
  /** Also as the page writes it: Q for Q_, which could be an address of old. */
  readonly named = (name: string): Tree | null => this.names.get(name.toLowerCase()) ?? this.names.get(`${name.toLowerCase()}_`) ?? null;

  define(name: string, tree: Tree): void {
    this.names.set(name.toLowerCase(), tree);
  }

  value(sheet: number, row: number, column: number): Value {
    return this.grids[sheet]!.get(row, column);
  }

  readonly formulaAt = (sheet: number, row: number, column: number): FormulaCell | undefined =>
    this.formulas[sheet]![row]?.[column];

  content(sheet: number, row: number, column: number): Content {
    return this.formulaAt(sheet, row, column) ?? this.value(sheet, row, column);
  }

  /** A formula as it stands in a cell; `many` for an array formula. */
  template(text: string, [sheet, row, column]: Cell, many = false, deepest?: number): Template {
    return new Template(text, sheet, row, column, many, this, deepest);
  }

  /** Put a value into a cell; a formula that stood there is gone, over all of its cells. */
  put([sheet, row, column]: Cell, value: Value): void {
    this.clear(sheet, row, column);
    this.write([sheet, row, column], value);
  }

  /** Put a formula at its place; whatever stood there is gone. */
  putFormula(formula: FormulaCell): void {
    this.eachCell(formula, (row, column) => this.clear(formula.sheet, row, column));
    this.eachCell(formula, (row, column) => {
      (this.formulas[formula.sheet]![row] ??= [])[column] = formula;
    });
    this.readers.add(formula);
    this.all.add(formula);
    if (formula.template.compiled.drawn) this.drawn.add(formula);
    this.fresh.push(formula);
    this.stale = true;
  }

  private clear(sheet: number, row: number, column: number): void {
    const formula = this.formulaAt(sheet, row, column);
    if (!formula) return;
    this.readers.remove(formula);
    this.all.delete(formula);
    this.drawn.delete(formula);
    this.eachCell(formula, (r, c) => {
      this.formulas[sheet]![r]![c] = undefined;
      this.write([sheet, r, c], null);
    });
    this.stale = true;
  }

  private eachCell(formula: FormulaCell, visit: (row: number, column: number) => void): void {
    for (let r = 0; r < formula.rows; r++) {
      for (let c = 0; c < formula.columns; c++) visit(formula.row + r, formula.column + c);
    }
  }

  private write(cell: Cell, value: Value): void {
    const grid = this.grids[cell[0]]!;
    if (this.loaded) this.touch(cell, grid.get(cell[1], cell[2]));
    grid.put(cell[1], cell[2], value);
  }

  /** What the cell was before the first change since the last recalculation. */
  private touch([sheet, row, column]: Cell, before: Value): void {
    const key = cellKey(sheet, row, column);
    if (!this.touched.has(key)) this.touched.set(key, { sheet, row, column, before });
  }

  /** Work out every formula, as when a book is opened. */
  load(): void {
    this.sort();
    for (const formula of this.order) this.work(formula, null);
    this.fresh = [];
    this.loaded = true;
  }

  /** Work out what the changes since the last time reach; gives the cells with another value. */
  recalculate(): Recalculation {
    const turned = this.stale ? this.sort() : [];
    this.pass += 1;
    for (const formula of [...this.fresh, ...turned, ...this.drawn]) if (this.all.has(formula)) this.mark(formula);
    const { touched } = this;
    for (const { sheet, row, column } of touched.values()) this.spread(sheet, row, column);
    this.fresh = [];
    const followers: ChangedCell[] = [];
    const formulas = this.sweep(followers);
    this.touched = new Map();
    const set = [...touched.values()].filter(({ sheet, row, column, before }) => !same(before, this.value(sheet, row, column)));
    return { changed: set.concat(followers), formulas };
  }

  /** The formulas that a step from some cells to others works out, in order. */
  between(from: readonly Cell[], to: readonly Cell[]): FormulaCell[] {
    return between(from, to, this.formulaAt);
  }

  /** Work these formulas out and tell nobody; `followed` does that. */
  workAhead(formulas: readonly FormulaCell[]): void {
    for (const formula of formulas) this.work(formula, null);
  }

  /** Values into cells without a formula, and nobody is told. */
  putAhead(cells: readonly Cell[], values: readonly Value[]): void {
    cells.forEach(([sheet, row, column], i) => this.grids[sheet]!.put(row, column, values[i]!));
  }

  /** Let everything follow that reads these cells, which had other values before. */
  followed(cells: readonly Cell[], before: readonly Value[]): Recalculation {
    cells.forEach((cell, i) => {
      if (!same(before[i]!, this.value(...cell))) this.touch(cell, before[i]!);
    });
    return this.recalculate();
  }

  /** A new order; gives the formulas that were circular and are no more, or the other way round. */
  private sort(): FormulaCell[] {
    const before = new Set([...this.all].filter((formula) => formula.circular));
    this.order = sorted(this.all, this.formulaAt);
    this.dirty = new Uint8Array(this.order.length);
    this.stale = false;
    return this.order.filter((formula) => formula.circular !== before.has(formula));
  }

  private readonly mark = (formula: FormulaCell): void => {
    this.dirty[formula.order] = 1;
  };

  private spread(sheet: number, row: number, column: number): void {
    this.readers.visit(sheet, row, column, this.pass, this.mark);
  }

  private sweep(changed: ChangedCell[]): number {
    let formulas = 0;
    for (let i = this.dirty.indexOf(1); i >= 0; i = this.dirty.indexOf(1, i)) {
      this.dirty[i] = 0;
      formulas += 1;
      this.work(this.order[i]!, changed);
    }
    return formulas;
  }

  /**
   * Work out a formula; notes in `changed` what its cells were, and marks who reads those that
   * changed. A sweep comes to each formula once, so that no cell is noted twice.
   */
  private work(formula: FormulaCell, changed: ChangedCell[] | null): void {
    const result = formula.circular ? new CellError("#CIRC!") : this.run(formula);
    for (let r = 0; r < formula.rows; r++) {
      for (let c = 0; c < formula.columns; c++) {
        const value = isTable(result) ? spread(result, r, c) : result;
        // A formula that reads an empty cell gives 0.
        this.give(formula.sheet, formula.row + r, formula.column + c, value ?? 0, changed);
      }
    }
  }

  private give(sheet: number, row: number, column: number, value: Value, changed: ChangedCell[] | null): void {
    const grid = this.grids[sheet]!;
    const old = grid.get(row, column);
    if (same(old, value)) return;
    grid.put(row, column, value);
    if (!changed) return;
    if (!this.touched.has(cellKey(sheet, row, column))) changed.push({ sheet, row, column, before: old });
    this.spread(sheet, row, column);
  }

  private run(formula: FormulaCell): Result {
    contextCell.row = formula.row;
    contextCell.column = formula.column;
    try {
      return formula.template.compiled.run();
    } catch (error) {
      if (error instanceof CellError) return error;
      throw error;
    }
  }

  /** How many rows and columns a formula gives where it stands. */
  extent(formula: FormulaCell): { rows: number; columns: number } {
    const result = this.run(formula);
    return isTable(result) ? result : { rows: 1, columns: 1 };
  }

  /** The value of a formula that stands nowhere, seen from a cell. */
  evaluate(tree: Tree, [sheet, row, column]: Cell, many = true): Value {
    const template = Template.ofTree(tree, sheet, row, column, many, this);
    contextCell.row = row;
    contextCell.column = column;
    return caught(() => scalarOf(template.compiled.run(), row, column));
  }

  /** The formulas that read a cell. */
  readersOf(sheet: number, row: number, column: number): FormulaCell[] {
    const found = new Set<FormulaCell>();
    this.pass += 1;
    this.readers.visit(sheet, row, column, this.pass, (formula) => found.add(formula));
    return [...found];
  }
}
