/** What is typed into a book, judged: read as a value or a formula, or refused with a sentence; nothing changes here. */

import { LAST_COLUMN, LAST_ROW } from "./engine/address.js";
import { type Refusal, refusalMessage } from "./engine/error_messages.js";
import { FormulaCell } from "./engine/formula_cell.js";
import { takesSeveral } from "./engine/several.js";
import { DEEPEST, LONGEST_FORMULA } from "./engine/table.generated.js";
import type { Template } from "./engine/template.js";
import { FormulaFault } from "./engine/tokens.js";
import { LONGEST_TEXT } from "./engine/values.js";
import type { Cell } from "./engine/workbook.js";
import { type Entry, readEntry } from "./entry.js";
import { cellsOfFormula } from "./history.js";
import { type Area, BookReader, type Place } from "./book_reader.js";

/** What somebody typed into a cell: "0.5", "happy", "=A1+1", "'=text", or "" to empty it. */
export interface Edit extends Place {
  text: string;
  /** The cells that an array formula fills, where that is not what it gives. */
  over?: { rows: number; columns: number };
}

/** Thrown where a change is refused; nothing has changed then, and the message is for the reader. */
export class Refused extends Error {
  /** Where in the typed text the slip is, counted from 0, where one place is at fault. */
  slip?: number;
}

/** Cells that one formula may fill. */
const MOST_SPILLED = 10_000;

/** Characters of a formula in a message. */
const MOST_SAID = 200;

export interface Entered extends Place {
  entry: Entry;
  over: Edit["over"];
}

export class TypedReader extends BookReader {
  protected refused(refusal: Refusal, ...filled: (string | number)[]): Refused {
    return new Refused(refusalMessage(refusal, this.translation, ...filled));
  }

  protected entered({ sheet, row, column, text, over }: Edit): Entered {
    const within = row >= 0 && column >= 0 && row < LAST_ROW && column < LAST_COLUMN;
    if (!within || !this.payload.sheets[sheet]) throw this.refused("outside");
    if (text.length > LONGEST_TEXT) throw this.refused("long");
    return { sheet, row, column, over, entry: readEntry(text, this.translation.decimal) };
  }

  /**
   * A number or word may not replace a part of an array formula, only all of it; what spilled from
   * a typed formula goes with its first cell.
   */
  protected refuseParts(entered: Entered[]): void {
    const values = entered.filter((one) => "value" in one.entry);
    const set = new Set(values.map(({ sheet, row, column }) => [sheet, row, column].join()));
    const formulas = new Set(values.map((one) => this.formulaCell(one)));
    for (const formula of formulas) {
      if (!formula) continue;
      const cells = cellsOfFormula(formula);
      const wanted = this.block(place(cells[0]!)) ? cells : cells.slice(0, 1);
      if (!wanted.every((cell) => set.has(cell.join()))) throw this.refused("array", this.address(formula));
    }
  }

  /** The formula that was typed, at its place; null for a value. Refuses what cannot be read. */
  protected made(one: Entered): FormulaCell | null {
    if ("value" in one.entry) return null;
    const { formula, many } = one.entry;
    // What spilled from a typed formula spills anew; the book's own arrays stay as large as they are.
    const own = this.block(one) ? this.arrayArea(one) : null;
    const over = own ? undefined : one.over;
    const { sheet, row, column, rows, columns } = own ?? { ...(over ? one : (this.arrayArea(one) ?? one)), rows: 1, columns: 1, ...over };
    const spills = !many && !own && !over;
    const template = this.workbook.template(formula, [sheet, row, column], !spills, DEEPEST);
    try {
      if (formula.length > LONGEST_FORMULA) throw new FormulaFault(LONGEST_FORMULA);
      void template.compiled;
    } catch (fault) {
      if (!(fault instanceof FormulaFault)) throw fault;
      throw Object.assign(this.refused("formula", shortened(`=${formula}`), fault.at + 2), { slip: fault.at + 1 });
    }
    if (spills) return this.spilled(template);
    const filled = new FormulaCell(template, sheet, row, column, rows, columns);
    if (over) this.refuseNoRoom(filled);
    return filled;
  }

  /** A typed formula: as an array formula where it takes or gives several cells, over all that it gives. */
  private spilled({ text, sheet, row, column, parsed }: Template): FormulaCell {
    const cell: Cell = [sheet, row, column];
    const whole = new FormulaCell(this.workbook.template(text, cell, true, DEEPEST), ...cell);
    const { rows, columns } = this.workbook.extent(whole);
    if (rows * columns === 1 && !takesSeveral(parsed.tree, this.workbook.named)) {
      return new FormulaCell(this.workbook.template(text, cell, false, DEEPEST), ...cell);
    }
    const filled = new FormulaCell(whole.template, ...cell, rows, columns);
    this.refuseNoRoom(filled);
    return filled;
  }

  /** What spills needs cells that are empty, and that the book has nothing in. */
  private refuseNoRoom(formula: FormulaCell): void {
    const { sheet, row, column, rows, columns } = formula;
    const area = { sheet, row, column, rows, columns };
    if (rows * columns === 1) return;
    const taken = rows * columns > MOST_SPILLED ? { sheet, row: row + 1, column } : cellsOfFormula(formula).map(place).find((at) => !this.hasRoom(at, area));
    if (taken) throw this.refused("room", this.address(area), this.address(taken));
  }

  private hasRoom(at: Place, { row, column }: Area): boolean {
    const old = this.formulaCell(at);
    const own = old?.row === row && old.column === column;
    const first = at.row === row && at.column === column;
    const fits = at.row < LAST_ROW && at.column < LAST_COLUMN;
    // A blank of an exercise waits for a formula.
    const open = !this.style(at) || this.style(at).startsWith("blank.");
    return fits && open && (first || own || this.value(at) === null);
  }
}

/** The beginning of a text that is too long for a message. */
function shortened(text: string): string {
  return text.length > MOST_SAID ? `${text.slice(0, MOST_SAID)}…` : text;
}

export const place = ([sheet, row, column]: Cell): Place => ({ sheet, row, column });
