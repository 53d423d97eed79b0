/**
 * One book, alive: the only thing that the interface, the server's page and the notebook talk to.
 *
 * Every change of a cell goes through `set`, `setMany` or `fill`, is one step for undo, and is
 * told to the subscribers with the cells whose value it changed.
 */

import type { Tree } from "./engine/tree.js";
import type { Value } from "./engine/values.js";
import type { BlockData, Language, Payload } from "./format.js";

export { CellError, Matrix } from "./engine/values.js";
export type { Value } from "./engine/values.js";
export type { Tree } from "./engine/tree.js";

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

/** What somebody typed into a cell: "0.5", "happy", "=A1+1", "'=text", or "" to empty it. */
export interface Edit extends Place {
  text: string;
}

/** What one step (an edit, undo or redo) did. */
export interface Change {
  /** Cells whose text or formula was set. */
  edited: Edit[];
  /** Cells whose value is another one now, the edited ones among them. */
  changed: Place[];
  /** Milliseconds of recalculation, and how many formula cells it worked out. */
  milliseconds: number;
  recalculated: number;
}

/** The cell's block, and where in it the cell stands. */
export interface Standing {
  block: number;
  slab: number;
  row: number;
  column: number;
}

/** Thrown by set, setMany and fill when they refuse; nothing has changed then. `message` is for the reader. */
export class Refused extends Error {}

export declare class Model {
  constructor(payload: Payload);

  readonly payload: Payload;
  language: Language;

  // --- reading -------------------------------------------------------------------------------
  /** How many rows and columns of a sheet are used (edits included). */
  size(sheet: number): { rows: number; columns: number };
  value(at: Place): Value;
  /** What stands in the editor when the cell is edited: formula with "=", number, or word. */
  input(at: Place): string;
  /** The formula as shown, "=A1+1" or "{=MMULT(Q_,W_Q)}", or "" where there is none. */
  formula(at: Place): string;
  /** The rectangle of the array formula that the cell belongs to, or null. */
  arrayArea(at: Place): Area | null;
  /** The name of its style ("computed.share"), or "". */
  style(at: Place): string;
  /** The merged rectangle or text overflow that begins at this cell, or null. */
  merged(at: Place): Area | null;
  /** Whether it is for the reader to change (an input or a learned number). */
  isInput(at: Place): boolean;
  block(at: Place): Standing | null;
  /** The words at a row and over a column of a block ("" where there are none). */
  rowLabel(block: BlockData, slab: number, row: number): string;
  columnLabel(block: BlockData, slab: number, column: number): string;
  /** Words to pick from in this cell, or null. */
  choices(at: Place): string[] | null;
  /** Plain sentence for an error value, in the page's language; "" for any other value. */
  sentence(value: Value): string;
  /** "B5", or "Learned!B5" where it is on another sheet than `from`. */
  address(at: Place | Area, from?: number): string;
  /** The place or area that an address means ("B5", "Learned!A1:B2", a defined name), or null. */
  find(address: string, sheet?: number): Area | null;

  // --- following a formula -----------------------------------------------------------------
  /** The rectangles that this very cell is computed from (for a cell of an array: its own row and column). */
  precedents(at: Place): Area[];
  /** The cells whose formulas read this cell. */
  dependents(at: Place): Area[];
  /** This very cell's formula as a tree with absolute addresses, names resolved to cells; null without one. */
  tree(at: Place): Tree | null;
  /** The value of a part of such a tree, as it is now (first value of an array). */
  evaluate(tree: Tree, at: Place): Value;

  // --- changing --------------------------------------------------------------------------------
  /** Type a text into a cell. Typing a formula into a cell of an array changes the whole array. */
  set(at: Place, text: string): Change;
  setMany(edits: Edit[]): Change;
  /** Fill a rectangle from its first row or column (or the source area), formulas shifted. */
  fill(from: Area, to: Area): Change;
  /** The texts of a rectangle for the clipboard (values), rows of cells. */
  texts(area: Area): string[][];
  /** Paste rows of texts with the first cell at `at`; all that does not fit a formula or number is a word. */
  paste(at: Place, rows: string[][]): Change;
  /** Drag a number: like set, but steps with the same `gesture` become one step for undo. */
  drag(edits: Edit[], gesture: string): Change;

  readonly canUndo: boolean;
  readonly canRedo: boolean;
  undo(): Change | null;
  redo(): Change | null;
  /** All cells that differ from the book as it was written. */
  edits(): Edit[];
  /** Back to the book as it was written (one step for undo). */
  reset(): Change;
  /** Called after each change; gives the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void;
}
