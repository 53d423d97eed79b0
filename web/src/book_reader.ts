/** Reads a book: what may be typed, where something stands, and what a formula is made of. */

import { areaName, sheetPrefix } from "./engine/address.js";
import { absolute, rectangles, slice } from "./engine/element.js";
import { parse } from "./engine/parser.js";
import type { Rectangle } from "./engine/template.js";
import { FormulaFault } from "./engine/tokens.js";
import type { Tree } from "./engine/tree.js";
import type { FormulaCell } from "./engine/formula_cell.js";
import type { Value } from "./engine/values.js";
import { type Area, CellReader, covers, inside, type Place } from "./cell_reader.js";
import { sheetTitle } from "./languages.js";

export { type Area, hidden, HUGE, inside, type Place, type Standing } from "./cell_reader.js";

/** Array formulas up to this size tell exactly which of their cells read a cell. */
const NARROWED = 1024;

export class BookReader extends CellReader {
  /** Words to pick from in this cell, or null. */
  choices({ sheet, row, column }: Place): string[] | null {
    const choice = this.payload.sheets[sheet]!.choices.find((one) => covers(one.at, row, column));
    if (Array.isArray(choice?.source)) return choice.source;
    const source = choice && this.find(choice.source, sheet);
    return source ? this.texts(source).flat().filter(Boolean) : null;
  }

  /** Least and most of what may be typed, and 1 for whole numbers; null where it may be anything. */
  protected bounds(at: Place): readonly [number, number, number] | null {
    const standing = this.block(at);
    const block = standing && this.payload.blocks[standing.block]!;
    if (!block || !this.isInput(at) || this.formulaCell(at)) return null;
    if (block.bounds) return block.bounds;
    if (typeof this.value(at) !== "number" || block.numberFormat === "word") return null;
    return block.numberFormat === "switch" ? [0, 1, 1] : [-Infinity, Infinity, 0];
  }

  /** The next cell behind one, over all sheets and around, whose text or formula has a text in it; or null. */
  search(text: string, behind: Place | null): Place | null {
    const wanted = text.toLowerCase();
    if (!wanted) return null;
    const cells = this.payload.sheets.flatMap((_, sheet) => {
      const { rows, columns } = this.size(sheet);
      return Array.from({ length: rows }, (_, row) => ({ sheet, row, columns }));
    });
    const has = (at: Place): boolean => [this.text(at), this.formula(at)].some((one) => one.toLowerCase().includes(wanted));
    const isLater = (at: Place): boolean => !behind || [at.sheet - behind.sheet, at.row - behind.row, at.column - behind.column].find((n) => n !== 0)! > 0;
    let first: Place | null = null;
    for (const { sheet, row, columns } of cells) {
      for (let column = 0; column < columns; column++) {
        const at = { sheet, row, column };
        if (first && !isLater(at)) continue;
        if (!has(at)) continue;
        if (isLater(at)) return at;
        first = at;
      }
    }
    return first;
  }

  /** "B5" or "B5:C6", with the sheet as the reader calls it where it is another than `from`. */
  address(at: Place | Area, from = at.sheet): string {
    const { rows, columns } = { rows: 1, columns: 1, ...at };
    const prefix = at.sheet === from ? "" : sheetPrefix(sheetTitle(this.payload.sheets[at.sheet]!));
    return prefix + areaName(at.row, at.column, rows, columns);
  }

  /** What an address or a defined name means, or null. */
  find(address: string, sheet = 0): Area | null {
    try {
      const { tree } = parse(address, (name) => this.workbook.sheetOf(name) ?? this.titled(name));
      if (!["cell", "range", "name"].includes(tree.kind)) return null;
      const [first] = rectangles(absolute(tree, { sheet, down: 0, right: 0 }, this.workbook.named));
      return first ? area(first) : null;
    } catch (fault) {
      if (fault instanceof FormulaFault) return null;
      throw fault;
    }
  }

  /** The number of the sheet that the reader knows by this title, or null. */
  private titled(title: string): number | null {
    const found = this.payload.sheets.findIndex((sheet) => sheetTitle(sheet).toLowerCase() === title.toLowerCase());
    return found < 0 ? null : found;
  }

  /**
   * This very cell's formula as a tree, addresses absolute and names resolved to cells; of an array
   * formula the part that gives this element. Null without a formula.
   */
  tree(at: Place): Tree | null {
    const formulaCell = this.formulaCell(at);
    return formulaCell ? this.elementTree(formulaCell, at) : null;
  }

  private elementTree(formulaCell: FormulaCell, at: Place): Tree {
    const { template, sheet, row, column } = formulaCell;
    const filled = { sheet, down: row - template.row, right: column - template.column };
    const whole = absolute(template.parsed.tree, filled, this.workbook.named);
    return template.many ? slice(whole, at.row - row, at.column - column) : whole;
  }

  /** The value of a part of such a tree as it is now (the first one of an array). */
  evaluate(tree: Tree, at: Place): Value {
    return this.workbook.evaluate(tree, [at.sheet, at.row, at.column]);
  }

  /** The rectangles that this very cell is computed from. */
  precedents(at: Place): Area[] {
    const tree = this.tree(at);
    return tree ? rectangles(tree).map(area) : [];
  }

  /** The cells whose formulas read this cell; of array formulas exactly those elements. */
  dependents(at: Place): Area[] {
    return this.workbook.readersOf(at.sheet, at.row, at.column).flatMap((formulaCell) => this.elementsReading(formulaCell, at));
  }

  private elementsReading(formulaCell: FormulaCell, at: Place): Area[] {
    const { sheet, row, column, rows, columns } = formulaCell;
    if (rows * columns === 1 || rows * columns > NARROWED) return [{ sheet, row, column, rows, columns }];
    const found: Area[] = [];
    for (let i = 0; i < rows * columns; i++) {
      const place = { sheet, row: row + Math.floor(i / columns), column: column + (i % columns) };
      const reads = rectangles(this.elementTree(formulaCell, place)).map(area);
      if (reads.some((one) => inside(one, at))) found.push({ ...place, rows: 1, columns: 1 });
    }
    return found;
  }
}

function area([sheet, row, column, rows, columns]: Rectangle): Area {
  return { sheet, row, column, rows, columns };
}
