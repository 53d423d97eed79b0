/**
 * Who reads which cell.
 *
 * A range is one node, shared by all formulas that read it, and is found through the tiles of the
 * sheet that it covers: the cost is that of the ranges, not of their cells.
 */

import { cellKey } from "./address.js";
import { MOST_CELLS } from "./compile.js";
import type { FormulaCell } from "./formula_cell.js";
import { RangeNode } from "./range_node.js";
import type { Rectangle } from "./template.js";

const TILE_ROWS = 8;
const TILE_COLUMNS = 8;
/** A range over more tiles is looked at for every cell of its sheet. */
const MOST_TILES = 512;

type CellRange = RangeNode<FormulaCell>;

export class Readers {
  private readonly ofCell = new Map<number, FormulaCell[]>();
  private readonly ranges = new Map<number, Map<number, CellRange>>();
  private readonly tiles = new Map<number, CellRange[]>();
  private readonly wide = new Set<CellRange>();

  add(formula: FormulaCell): void {
    formula.cells = [];
    const ranges = new Set<CellRange>();
    for (const rectangle of formula.template.readsAt(formula.row, formula.column)) {
      const [sheet, row, column, rows, columns] = rectangle;
      if (rows * columns > MOST_CELLS) continue; // it gives an error, whatever stands there
      if (rows * columns > 1) ranges.add(this.range(rectangle));
      else formula.cells.push(sheet, row, column);
    }
    formula.ranges = [...ranges];
    for (const range of ranges) range.readers.push(formula);
    this.eachCell(formula, (key) => {
      const formulas = this.ofCell.get(key);
      if (formulas) formulas.push(formula);
      else this.ofCell.set(key, [formula]);
    });
  }

  remove(formula: FormulaCell): void {
    this.eachCell(formula, (key) => without(this.ofCell.get(key), formula));
    for (const range of formula.ranges) {
      without(range.readers, formula);
      if (range.readers.length === 0) this.drop(range);
    }
  }

  private eachCell(formula: FormulaCell, visit: (key: number) => void): void {
    const { cells } = formula;
    for (let i = 0; i < cells.length; i += 3) visit(cellKey(cells[i]!, cells[i + 1]!, cells[i + 2]!));
  }

  private range([sheet, row, column, rows, columns]: Rectangle): CellRange {
    const corner = cellKey(sheet, row, column);
    const size = cellKey(0, rows, columns);
    let here = this.ranges.get(corner);
    if (!here) this.ranges.set(corner, (here = new Map()));
    let node = here.get(size);
    if (!node) {
      node = new RangeNode<FormulaCell>(sheet, row, column, rows, columns);
      here.set(size, node);
      this.place(node);
    }
    return node;
  }

  private place(node: CellRange): void {
    const tiles = tilesOf(node);
    if (!tiles) this.wide.add(node);
    for (const tile of tiles ?? []) {
      const nodes = this.tiles.get(tile);
      if (nodes) nodes.push(node);
      else this.tiles.set(tile, [node]);
    }
  }

  private drop(node: CellRange): void {
    this.ranges.get(cellKey(node.sheet, node.row, node.column))?.delete(cellKey(0, node.rows, node.columns));
    this.wide.delete(node);
    for (const tile of tilesOf(node) ?? []) without(this.tiles.get(tile), node);
  }

  /** Calls `visit` for every formula that reads a cell; once a pass for those that read ranges. */
  visit(sheet: number, row: number, column: number, pass: number, visit: (formula: FormulaCell) => void): void {
    this.ofCell.get(cellKey(sheet, row, column))?.forEach(visit);
    const tile = cellKey(sheet, Math.floor(row / TILE_ROWS), Math.floor(column / TILE_COLUMNS));
    for (const node of this.tiles.get(tile) ?? []) this.look(node, row, column, pass, visit);
    for (const node of this.wide) {
      if (node.sheet === sheet) this.look(node, row, column, pass, visit);
    }
  }

  private look(node: CellRange, row: number, column: number, pass: number, visit: (formula: FormulaCell) => void): void {
    if (node.pass === pass || !node.has(row, column)) return;
    node.pass = pass;
    node.readers.forEach(visit);
  }
}

function without<T>(list: T[] | undefined, item: T): void {
  const at = list?.indexOf(item) ?? -1;
  if (at >= 0) list!.splice(at, 1);
}

/** The keys of the tiles that a range covers; null where they are too many. */
function tilesOf(node: CellRange): number[] | null {
  const top = Math.floor(node.row / TILE_ROWS);
  const left = Math.floor(node.column / TILE_COLUMNS);
  const bottom = Math.floor((node.row + node.rows - 1) / TILE_ROWS);
  const right = Math.floor((node.column + node.columns - 1) / TILE_COLUMNS);
  if ((bottom - top + 1) * (right - left + 1) > MOST_TILES) return null;
  const keys: number[] = [];
  for (let r = top; r <= bottom; r++) for (let c = left; c <= right; c++) keys.push(cellKey(node.sheet, r, c));
  return keys;
}
