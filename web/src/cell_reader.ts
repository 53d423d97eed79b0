/** Reads the cells of a book: values, formulas, styles, and where in its block a cell stands. */

import { numberText } from "./engine/operators.js";
import { errorMessage } from "./engine/error_messages.js";
import type { FormulaCell } from "./engine/formula_cell.js";
import type { Workbook } from "./engine/workbook.js";
import { CellError, type Value } from "./engine/values.js";
import { type OpenBook, openBook } from "./book.js";
import { entryText } from "./entry.js";
import type { AreaData, BlockData, Language, CellBlockData, Payload, ScaleData } from "./format.js";
import { textsOf, translated, translatedBook, type Texts } from "./languages.js";

/** A cell: the number of its sheet, its row and its column, counted from 0. */
export interface Place {
  sheet: number;
  row: number;
  column: number;
}

export interface Area extends Place {
  rows: number;
  columns: number;
}

/** Where in its block a cell stands. */
export interface Standing {
  block: number;
  matrix: number;
  row: number;
  column: number;
}

/** From here on a number of a block that can be masked stands for infinity. */
export const HUGE = 1e9;

export class CellReader {
  /** The book in the language of the reader. */
  payload: Payload;
  translation: Texts;
  protected readonly workbook: Workbook;
  private readonly open: OpenBook;
  /** The book in the language that it was written in. */
  private readonly original: Payload;

  constructor(payload: Payload) {
    this.payload = payload;
    this.translation = textsOf(payload, payload.language);
    this.original = payload;
    this.open = openBook(payload);
    this.workbook = this.open.workbook;
  }

  get language(): Language {
    return this.translation.code;
  }

  /** Read the book in another language; its cells stay as they are. */
  set language(code: Language) {
    this.translation = textsOf(this.original, code);
    this.payload = translatedBook(this.original, this.translation);
  }

  /** What a cell shows: its value, or a text of the book around the blocks in the language of the reader. */
  shown(at: Place): Value {
    const value = this.value(at);
    return typeof value === "string" && value === this.writtenText(at) ? translated(this.translation, value) : value;
  }

  /** The text that the book has in a cell around the blocks; what a reader types is none of them. */
  private writtenText(at: Place): string | number | undefined {
    if (this.block(at) || this.formulaCell(at)) return undefined;
    const cellBlock = this.cellBlock(at);
    if (!cellBlock?.v) return undefined;
    const [row, column, , columns] = cellBlock.at;
    return cellBlock.v[(at.row - row) * columns + at.column - column];
  }

  /** How many rows and columns of a sheet are used, edits and pictures included. */
  size(sheet: number): { rows: number; columns: number } {
    const grid = this.workbook.grids[sheet]!;
    const data = this.payload.sheets[sheet]!;
    const areas = [...data.cellBlocks, ...data.charts].map(({ at }) => at);
    const rows = areas.map(([row, , rows]) => row + rows);
    const columns = areas.map(([, column, , columns]) => column + columns);
    return { rows: rows.reduce(larger, grid.height), columns: columns.reduce(larger, grid.width) };
  }

  value({ sheet, row, column }: Place): Value {
    return this.workbook.value(sheet, row, column);
  }

  protected formulaCell({ sheet, row, column }: Place): FormulaCell | undefined {
    return this.workbook.formulaAt(sheet, row, column);
  }

  /** What stands in the editor when the cell is edited: formula with "=", number, or word. */
  input(at: Place): string {
    return this.typedText(at, this.shown(at));
  }

  /** The text that gives this value, or the formula that stands here. */
  protected typedText(at: Place, value: Value): string {
    const formulaCell = this.formulaCell(at);
    return formulaCell ? `=${formulaCell.template.textAt(formulaCell.row, formulaCell.column)}` : entryText(value, this.translation.decimal);
  }

  /** The formula as shown, "=A1+1" or "{=MMULT(Q_,W_Q)}", or "" where there is none. */
  formula(at: Place): string {
    const formulaCell = this.formulaCell(at);
    if (!formulaCell) return "";
    const text = `=${formulaCell.template.textAt(formulaCell.row, formulaCell.column)}`;
    return formulaCell.template.many ? `{${text}}` : text;
  }

  /** The rectangle of the array formula that the cell belongs to, or null. */
  arrayArea(at: Place): Area | null {
    const formulaCell = this.formulaCell(at);
    if (!formulaCell?.template.many) return null;
    const { sheet, row, column, rows, columns } = formulaCell;
    return { sheet, row, column, rows, columns };
  }

  private cellBlock({ sheet, row, column }: Place): CellBlockData | undefined {
    return this.open.cellBlocks[sheet]?.[row]?.[column];
  }

  /** The name of its style ("computed.share"), or "". */
  style(at: Place): string {
    const cellBlock = this.cellBlock(at);
    return cellBlock ? this.payload.styles[cellBlock.s]! : "";
  }

  /** The merged rectangle or text overflow that begins at this cell, or null. */
  merged(at: Place): Area | null {
    const cellBlock = this.cellBlock(at);
    if (!cellBlock || cellBlock.at[0] !== at.row || cellBlock.at[1] !== at.column) return null;
    if (cellBlock.m) return { ...at, rows: cellBlock.at[2], columns: cellBlock.at[3] };
    return cellBlock.span ? { ...at, rows: 1, columns: cellBlock.span } : null;
  }

  /** Whether it is for the reader to change: an input or a learned number. */
  isInput(at: Place): boolean {
    return /^(input|parameter|blank)\./.test(this.style(at)) && this.block(at) !== null;
  }

  block({ sheet, row, column }: Place): Standing | null {
    const place = this.open.blocks[sheet]?.[row]?.[column];
    if (!place) return null;
    const [top, left] = this.payload.blocks[place.block]!.matrices[place.matrix]!;
    return { ...place, row: row - top, column: column - left };
  }

  /** The word at a row of a block; "" where there is none. */
  rowLabel(block: BlockData, matrix: number, row: number): string {
    const [top, left] = block.matrices[matrix]!;
    return block.rowLabels ? this.text({ sheet: block.sheet, row: top + row, column: left - 1 }) : "";
  }

  /** The word over a column of a block; "" where there is none. */
  columnLabel(block: BlockData, matrix: number, column: number): string {
    const [top, left] = block.matrices[matrix]!;
    return block.columnLabels ? this.text({ sheet: block.sheet, row: top - 1, column: left + column }) : "";
  }

  /** Its value as text, numbers with up to 15 digits. */
  protected text(at: Place): string {
    const value = this.shown(at);
    if (typeof value === "number") return numberText(value);
    if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
    return value === null ? "" : String(value);
  }

  /** The texts of a rectangle, rows of cells. */
  texts({ sheet, row, column, rows, columns }: Area): string[][] {
    return Array.from({ length: rows }, (_, r) =>
      Array.from({ length: columns }, (_, c) => this.text({ sheet, row: row + r, column: column + c })),
    );
  }

  /** The colour scale over a cell. */
  scale({ sheet, row, column }: Place): ScaleData | undefined {
    return this.payload.sheets[sheet]?.scales.find((one) => covers(one.at, row, column));
  }

  /** Whether its number stands for minus infinity, as that of a masked score does. */
  masked(at: Place): boolean {
    return hidden(this.value(at), this.scale(at));
  }

  /** A plain sentence for an error, in the page's language; "" for any other value. */
  sentence(value: Value): string {
    return value instanceof CellError ? errorMessage(value, this.translation) : "";
  }
}

function larger(a: number, b: number): number {
  return Math.max(a, b);
}

/** Whether a cell stands in an area. */
export function inside(area: Area, at: Place): boolean {
  return at.sheet === area.sheet && covers([area.row, area.column, area.rows, area.columns], at.row, at.column);
}

export function covers([top, left, rows, columns]: AreaData, row: number, column: number): boolean {
  return row >= top && row < top + rows && column >= left && column < left + columns;
}

/** Whether a number stands for minus infinity under a scale, as that of a masked score does. */
export function hidden(value: Value, scale: ScaleData | undefined): boolean {
  return scale?.hides === 1 && typeof value === "number" && value <= -HUGE;
}
