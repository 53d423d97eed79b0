/**
 * Sheets of values and formulas that work themselves out: only what an edit reaches, each formula
 * after all that it reads, and no further where a value stays the same.
 */

import { cellKey } from "./address.js";
import { caught, scalarOf, spread } from "./arrays.js";
import { Grid, isTable, type Result } from "./grid.js";
import { here } from "./here.js";
import { sorted } from "./order.js";
import { Readers } from "./readers.js";
import { type Names, Template } from "./template.js";
import { Unit } from "./unit.js";
import type { Tree } from "./tree.js";
import { CellError, same, type Value } from "./values.js";

/** What stands in a cell: a value, or a formula (for each cell of an array the same one). */
export type Content = Value | Unit;

/** sheet, row, column */
export type Cell = readonly [number, number, number];

export interface Recalculation {
  changed: Cell[];
  formulas: number;
}

/** Cells that have another value now, with the one before. */
type Before = Map<number, { cell: Cell; value: Value }>;

export class Workbook implements Names {
  readonly grids: Grid[];
  private readonly units: (Unit | undefined)[][][];
  private readonly sheets: Map<string, number>;
  private readonly names = new Map<string, Tree>();
  private readonly readers = new Readers();
  private readonly all = new Set<Unit>();
  private order: Unit[] = [];
  private stale = true;
  private loaded = false;
  private dirty = new Uint8Array(0);
  private pass = 0;
  /** Cells whose content was set since the last recalculation, with the value before. */
  private touched: { cell: Cell; before: Value }[] = [];
  private fresh: Unit[] = [];

  constructor(sheets: readonly string[]) {
    this.grids = sheets.map(() => new Grid());
    this.units = sheets.map(() => []);
    this.sheets = new Map(sheets.map((name, i) => [name.toLowerCase(), i]));
  }

  readonly sheetOf = (name: string): number | null => this.sheets.get(name.toLowerCase()) ?? null;
  readonly named = (name: string): Tree | null => this.names.get(name.toLowerCase()) ?? null;

  define(name: string, tree: Tree): void {
    this.names.set(name.toLowerCase(), tree);
  }

  value(sheet: number, row: number, column: number): Value {
    return this.grids[sheet]!.get(row, column);
  }

  readonly unitAt = (sheet: number, row: number, column: number): Unit | undefined =>
    this.units[sheet]![row]?.[column];

  content(sheet: number, row: number, column: number): Content {
    return this.unitAt(sheet, row, column) ?? this.value(sheet, row, column);
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
  putUnit(unit: Unit): void {
    this.eachCell(unit, (row, column) => this.clear(unit.sheet, row, column));
    this.eachCell(unit, (row, column) => {
      (this.units[unit.sheet]![row] ??= [])[column] = unit;
    });
    this.readers.add(unit);
    this.all.add(unit);
    this.fresh.push(unit);
    this.stale = true;
  }

  private clear(sheet: number, row: number, column: number): void {
    const unit = this.unitAt(sheet, row, column);
    if (!unit) return;
    this.readers.remove(unit);
    this.all.delete(unit);
    this.eachCell(unit, (r, c) => {
      this.units[sheet]![r]![c] = undefined;
      this.write([sheet, r, c], null);
    });
    this.stale = true;
  }

  private eachCell(unit: Unit, visit: (row: number, column: number) => void): void {
    for (let r = 0; r < unit.rows; r++) {
      for (let c = 0; c < unit.columns; c++) visit(unit.row + r, unit.column + c);
    }
  }

  private write(cell: Cell, value: Value): void {
    const grid = this.grids[cell[0]]!;
    if (this.loaded) this.touched.push({ cell, before: grid.get(cell[1], cell[2]) });
    grid.put(cell[1], cell[2], value);
  }

  /** Work out every formula, as when a book is opened. */
  load(): void {
    this.sort();
    for (const unit of this.order) this.work(unit, null);
    this.fresh = [];
    this.loaded = true;
  }

  /** Work out what the changes since the last time reach; gives the cells with another value. */
  recalculate(): Recalculation {
    const turned = this.stale ? this.sort() : [];
    this.pass += 1;
    for (const unit of [...this.fresh, ...turned]) if (this.all.has(unit)) this.mark(unit);
    const before: Before = new Map();
    for (const { cell, before: value } of this.touched) {
      this.spread(...cell);
      if (!before.has(cellKey(...cell))) before.set(cellKey(...cell), { cell, value });
    }
    this.touched = [];
    this.fresh = [];
    const formulas = this.sweep(before);
    const other = [...before.values()].filter(({ cell, value }) => !same(value, this.value(...cell)));
    return { changed: other.map(({ cell }) => cell), formulas };
  }

  /** A new order; gives the formulas that were circular and are no more, or the other way round. */
  private sort(): Unit[] {
    const before = new Set([...this.all].filter((unit) => unit.circular));
    this.order = sorted(this.all, this.unitAt);
    this.dirty = new Uint8Array(this.order.length);
    this.stale = false;
    return this.order.filter((unit) => unit.circular !== before.has(unit));
  }

  private readonly mark = (unit: Unit): void => {
    this.dirty[unit.order] = 1;
  };

  private spread(sheet: number, row: number, column: number): void {
    this.readers.visit(sheet, row, column, this.pass, this.mark);
  }

  private sweep(before: Before): number {
    let formulas = 0;
    for (let i = this.dirty.indexOf(1); i >= 0; i = this.dirty.indexOf(1, i)) {
      this.dirty[i] = 0;
      formulas += 1;
      this.work(this.order[i]!, before);
    }
    return formulas;
  }

  /** Work out a formula; notes in `before` what its cells were, and marks who reads those that changed. */
  private work(unit: Unit, before: Before | null): void {
    const result = unit.circular ? new CellError("#CIRC!") : this.run(unit);
    for (let r = 0; r < unit.rows; r++) {
      for (let c = 0; c < unit.columns; c++) {
        const value = isTable(result) ? spread(result, r, c) : result;
        // A formula that reads an empty cell gives 0.
        this.give(unit.sheet, unit.row + r, unit.column + c, value ?? 0, before);
      }
    }
  }

  private give(sheet: number, row: number, column: number, value: Value, before: Before | null): void {
    const grid = this.grids[sheet]!;
    const old = grid.get(row, column);
    if (same(old, value)) return;
    grid.put(row, column, value);
    if (!before) return;
    const key = cellKey(sheet, row, column);
    if (!before.has(key)) before.set(key, { cell: [sheet, row, column], value: old });
    this.spread(sheet, row, column);
  }

  private run(unit: Unit): Result {
    here.row = unit.row;
    here.column = unit.column;
    try {
      return unit.template.compiled.run();
    } catch (error) {
      if (error instanceof CellError) return error;
      throw error;
    }
  }

  /** The value of a formula that stands nowhere, seen from a cell. */
  evaluate(tree: Tree, [sheet, row, column]: Cell, many = true): Value {
    const template = Template.ofTree(tree, sheet, row, column, many, this);
    here.row = row;
    here.column = column;
    return caught(() => scalarOf(template.compiled.run(), row, column));
  }

  /** The formulas that read a cell. */
  readersOf(sheet: number, row: number, column: number): Unit[] {
    const found = new Set<Unit>();
    this.pass += 1;
    this.readers.visit(sheet, row, column, this.pass, (unit) => found.add(unit));
    return [...found];
  }
}
