/**
 * One book, alive: the only thing that the interface, the server's page and the notebook talk to.
 *
 * Every change goes through one of the methods here, is one step for undo, and is told to the
 * subscribers with the cells whose value it changed.
 */

import { FormulaCell } from "./engine/formula_cell.js";
import { shifted } from "./engine/tokens.js";
import type { Value } from "./engine/values.js";
import type { Cell, ChangedCell, Recalculation } from "./engine/workbook.js";
import { type Area, inside, type Place } from "./book_reader.js";
import { entryText, readEntry } from "./entry.js";
import { cellsOf, cellsOfFormula, History, restore, type Snapshot, snapshot } from "./history.js";
import { Steps } from "./steps.js";
import { type Edit, place, TypedReader } from "./typed.js";
import { lineEdits, wordEdits, wordsOf } from "./words.js";

export { CellError, Matrix } from "./engine/values.js";
export type { Value } from "./engine/values.js";
export type { Tree } from "./engine/tree.js";
export { hidden, HUGE, inside } from "./book_reader.js";
export type { Area, Place, Standing } from "./book_reader.js";
export { type Edit, Refused } from "./typed.js";

/** A cell whose value is another one now, with the one before. */
export type { ChangedCell };

/** What one step (an edit, undo or redo) did. */
export interface Change {
  /** Cells whose content was set; of an array formula its first one. */
  edited: Place[];
  changed: ChangedCell[];
  /** Milliseconds of recalculation, and how many formulas were worked out. */
  milliseconds: number;
  recalculated: number;
}

export class Model extends TypedReader {
  private readonly history = new History();
  private readonly listeners = new Set<(change: Change) => void>();
  /** What every cell that was ever edited said in the book as it was written. */
  private readonly written = new Map<string, { at: Place; text: string }>();
  private readonly asWritten = new Map<string, Snapshot[number]>();
  private madeSteps: Steps | null | undefined;

  /** Type a text into a cell. A formula typed into a cell of an array changes the whole array. */
  set(at: Place, text: string): Change {
    return this.setMany([{ ...at, text }]);
  }

  /**
   * What somebody types: refused where the workbook refuses it, a word in the place of a number or one out of
   * bounds. A sentence goes into the cells for words, one word each.
   */
  type(at: Place, text: string): Change {
    if (wordEdits(this, at, text) !== null) return this.typeLine(at, text);
    const entry = readEntry(text, this.translation.decimal);
    const bounds = "value" in entry && entry.value !== null ? this.bounds(at) : null;
    if (!bounds || !("value" in entry)) return this.set(at, text);
    const [least, most, whole] = bounds;
    const { value } = entry;
    const fits = typeof value === "number" && value >= least && value <= most && !(whole && !Number.isInteger(value));
    if (!fits) throw this.refused(Number.isFinite(most) ? (whole ? "whole" : "between") : "number", least, most);
    return this.set(at, text);
  }

  /** Words into a cell and those behind it in its line, one each; the rest of the line is emptied. */
  typeLine(at: Place, text: string): Change {
    const words = lineEdits(this, at, text);
    if (typeof words === "number") throw this.refused("words", words, wordsOf(text).length);
    return this.setMany(words);
  }

  /** One array formula over a rectangle. */
  setArray({ rows, columns, ...at }: Area, text: string): Change {
    const formula = text.replace(/^\{(=.*)\}$/s, "$1");
    return this.setMany([{ ...at, text: formula.startsWith("=") ? `{${formula}}` : text, over: { rows, columns } }]);
  }

  setMany(edits: Edit[]): Change {
    return this.enter(edits, "");
  }

  /** Like setMany, but steps with the same `gesture` become one step for undo. */
  drag(edits: Edit[], gesture: string): Change {
    return this.enter(edits, gesture);
  }

  /** Fill a rectangle from another one, formulas shifted; cells of `from` itself stay. */
  fill(from: Area, to: Area): Change {
    const edits: Edit[] = [];
    for (let r = 0; r < to.rows; r++) {
      for (let c = 0; c < to.columns; c++) {
        const at = { sheet: to.sheet, row: to.row + r, column: to.column + c };
        const row = from.row + modulo(at.row - from.row, from.rows);
        const column = from.column + modulo(at.column - from.column, from.columns);
        if (!inside(from, at)) edits.push({ ...at, text: this.copied({ sheet: from.sheet, row, column }, at) });
      }
    }
    return this.setMany(edits);
  }

  /** Copy a rectangle over another one, again and again where that is larger, formulas shifted. */
  copy(from: Area, to: Area): Change {
    const edits = Array.from({ length: to.rows * to.columns }, (_, i) => {
      const [r, c] = [Math.floor(i / to.columns), i % to.columns];
      const at = { sheet: to.sheet, row: to.row + r, column: to.column + c };
      const source = { sheet: from.sheet, row: from.row + (r % from.rows), column: from.column + (c % from.columns) };
      return { ...at, text: this.copied(source, at) };
    });
    return this.setMany(edits);
  }

  /** What a cell gets when another one is copied to it. */
  private copied(source: Place, at: Place): string {
    const formula = this.formulaCell(source);
    // A part of what an array formula gives is copied as it stands.
    if (!formula || formula.rows * formula.columns > 1) return entryText(this.value(source), this.translation.decimal);
    const { template } = formula;
    const text = `=${shifted(template.parsed.tokens, at.row - template.row, at.column - template.column)}`;
    return template.many ? `{${text}}` : text;
  }

  /** Paste rows of texts with the first cell at `at`. */
  paste(at: Place, rows: string[][]): Change {
    return this.setMany(
      rows.flatMap((texts, r) =>
        texts.map((text, c) => ({ sheet: at.sheet, row: at.row + r, column: at.column + c, text })),
      ),
    );
  }

  /** The steps of a book that goes on; null in every other book. */
  private get steps(): Steps | null {
    const { steps } = this.payload;
    this.madeSteps ??= steps ? new Steps(this.workbook, this.payload, steps) : null;
    return this.madeSteps;
  }

  /** Whether inputs of the book have next values. */
  get goesOn(): boolean {
    return this.payload.steps !== undefined;
  }

  /** Whether a cell is an input that has a next value. */
  carries(at: Place): boolean {
    return this.steps?.carries([at.sheet, at.row, at.column]) ?? false;
  }

  /**
   * Take one step; the rest of the book, and whoever listens, follow with `settle`. Gives the watched
   * numbers before the step, or null where it cannot be taken: a next value is no number.
   */
  ahead(): Value[] | null {
    const { steps } = this;
    // A formula that was typed over an input has no place for a next value.
    if (!steps || steps.state.some((cell) => this.workbook.formulaAt(...cell))) return null;
    return steps.ahead();
  }

  /** Show the steps that were taken; those of one gesture are one step for undo. */
  settle(gesture = ""): Change | null {
    const { steps } = this;
    if (!steps?.pending) return null;
    const start = performance.now();
    const before = steps.state.map((cell, i): Snapshot[number] => [cell, steps.before[i]!]);
    const { changed, formulas } = steps.followed();
    const after = steps.state.map((cell): Snapshot[number] => [cell, this.workbook.value(...cell)]);
    for (const [cell, content] of before) this.rememberValue(cell, content);
    this.history.add({ before, after, gesture });
    return this.tell(before, changed, formulas, performance.now() - start);
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  undo(): Change | null {
    this.settle();
    return this.back(this.history.undo());
  }

  redo(): Change | null {
    this.settle();
    return this.back(this.history.redo());
  }

  private back(contents: Snapshot | null): Change | null {
    if (!contents) return null;
    return this.done(contents, () => restore(this.workbook, contents));
  }

  /** All cells that differ from the book as it was written; of an array formula its first cell. */
  edits(): Edit[] {
    return [...this.written.values()]
      .filter(({ at, text }) => this.enteredText(at) !== text && this.leads(at))
      .map(({ at }) => ({ ...at, text: this.enteredText(at) }));
  }

  /** What a cell says: the text that makes it again. */
  private enteredText(at: Place): string {
    return this.arrayArea(at) ? this.formula(at) : this.typedText(at, this.value(at));
  }

  /** Whether it is no array formula's second cell, third cell, … */
  private leads(at: Place): boolean {
    const { row, column } = this.arrayArea(at) ?? at;
    return row === at.row && column === at.column;
  }

  /** Back to the book as it was written; one step for undo. */
  reset(): Change {
    this.settle();
    const contents = [...this.asWritten.values()];
    const cells = cellsOf(contents);
    return this.step(snapshot(this.workbook, cells), cells, "", () => restore(this.workbook, contents));
  }

  /** Called after each change; gives the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  // Changing.

  private enter(edits: Edit[], gesture: string): Change {
    this.settle();
    const entered = edits.map((edit) => this.entered(edit));
    this.refuseParts(entered);
    const cells = entered.map(({ sheet, row, column }): Cell => [sheet, row, column]);
    const formulaCells = entered.map((one) => this.made(one));
    const set = [...cells, ...formulaCells.flatMap((formula) => (formula ? cellsOfFormula(formula) : []))];
    return this.step(snapshot(this.workbook, set), set, gesture, () => {
      entered.forEach(({ entry }, i) => {
        const formulaCell = formulaCells[i];
        if (formulaCell) this.workbook.putFormula(formulaCell);
        else if ("value" in entry) this.workbook.put(cells[i]!, entry.value);
      });
    });
  }

  private step(before: Snapshot, cells: Cell[], gesture: string, work: () => void): Change {
    for (const [cell, content] of before) this.remember(cell, content);
    return this.done(before, () => {
      work();
      this.history.add({ before, after: snapshot(this.workbook, [...cells, ...cellsOf(before)]), gesture });
    });
  }

  /** Note what cells said before they were changed for the first time. */
  private remember(cell: Cell, content: Snapshot[number][1]): void {
    if (this.written.has(cell.join())) return;
    this.asWritten.set(cell.join(), [cell, content]);
    for (const one of cellsOf([[cell, content]])) {
      const [sheet, row, column] = one;
      const at = { sheet, row, column };
      this.written.set(one.join(), { at, text: this.enteredText(at) });
    }
  }

  /** As `remember`, for an input that holds a value. */
  private rememberValue(cell: Cell, content: Snapshot[number][1]): void {
    const key = cell.join();
    if (this.written.has(key) || content instanceof FormulaCell) return;
    this.asWritten.set(key, [cell, content]);
    this.written.set(key, { at: place(cell), text: this.typedText(place(cell), content) });
  }

  private done(contents: Snapshot, work: () => void): Change {
    const start = performance.now();
    work();
    const { changed, formulas } = this.workbook.recalculate();
    return this.tell(contents, changed, formulas, performance.now() - start);
  }

  private tell(contents: Snapshot, changed: Recalculation["changed"], formulas: number, milliseconds: number): Change {
    const edited = contents.map(([cell]) => place(cell));
    const change = { edited, changed, milliseconds, recalculated: formulas };
    for (const listener of this.listeners) listener(change);
    return change;
  }
}

function modulo(a: number, n: number): number {
  return ((a % n) + n) % n;
}
