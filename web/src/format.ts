/**
 * What a page carries: the book as `sheetformer.writers.page` writes it, as JSON.
 *
 * Rows and columns count from 0. Computed values are not in it: the page works them out itself
 * when it opens, so no stored number can hide a wrong formula.
 */

/** The version of this format; a page refuses another one. */
export const FORMAT = 3;

/** The code of a language, such as "en". */
export type Language = string;

/** A language of a page; the texts around the book in English are the page's own. */
export interface LanguageData {
  /** What the language calls itself. */
  name?: string;
  /** The sign before the decimals of a number that is typed. */
  decimal?: string;
  /** The texts of the page and of errors, by their keys in the catalogue. */
  page?: Record<string, string>;
  errors?: Record<string, string>;
  /** What the operations of the book do. */
  operations?: Record<string, string>;
  /** Texts of the book, as it was written → in this language, where it is another. */
  book?: Record<string, string>;
}

export interface Payload {
  format: number;
  language: Language;
  title: string;
  /** One line below the title: what the book is for; "" where it says nothing. */
  head?: string;
  /** Style names; cellBlocks count into this list. See `Style` below. */
  styles: string[];
  sheets: SheetData[];
  stages: StageData[];
  blocks: BlockData[];
  /** The functions that its formulas call by name, each as a LAMBDA. */
  functions?: Record<string, string>;
  /** What goes on: pairs of an input's block and that of its next value, and single numbers to watch. */
  steps?: { carried: [number, number][]; watched: number[] };
  /** What each operation of the book does, in English. */
  operations?: Record<string, string>;
  /** The languages that the page can be read in, besides English, by their code. */
  languages?: Record<Language, LanguageData>;
}

/**
 * A style is a text style ("title", "stage", "text", "equation", "block_title", "note",
 * "label_row", "label_row_long", "label_column", "label_matrix", "table_head", "table_label", "box",
 * "box_here", "box_frame", "box_small", "caption", "arrow", …) or `kind.numberFormat` for the
 * cells of a block: kind input, parameter, constant or computed; number format number, share, slope,
 * gradient, integer, mask, switch, tiny, difference, word, message, phrase, entry, sentence, verdict, question, answer, mark,
 * frozen or unknown; or kind blank, in an exercise.
 * The same names as in `sheetformer.writers.styles`.
 */
export type Style = string;

export interface SheetData {
  /** By which formulas call it; the same in every language. */
  name: string;
  /** What the reader reads, where it is another. */
  title?: string;
  cellBlocks: CellBlockData[];
  /** [column, width in characters] of the columns that have their own. */
  widths: [number, number][];
  /** [row, height in points] of the rows that have their own. */
  heights: [number, number][];
  scales: ScaleData[];
  choices: ChoiceData[];
  charts: ChartData[];
  /** How many rows and columns stay in sight. */
  frozen: [number, number];
}

/** A rectangle of cells of one style: values, or formulas. */
export interface CellBlockData {
  /** row, column, rows, columns */
  at: [number, number, number, number];
  /** Place in `Payload.styles`. */
  s: number;
  /** Numbers and words, row by row; "" is an empty cell. A merged cellBlock has one. */
  v?: (number | string)[];
  /** One array formula over the rectangle, without the equals sign. */
  a?: string;
  /** Different formulas, without the equals sign, each as it stands in the first cell that has it. */
  f?: string[];
  /** Which of `f` each cell has, filled from that first cell; missing where there is one only. */
  w?: number[];
  /** 1: all cells are one (its text is the only value). */
  m?: 1;
  /** The address that a click on it goes to, where it has one. */
  go?: string;
  /** Columns that the text of a single cell may run over, where more than one. */
  span?: number;
}

/** row, column, rows, columns on a sheet. */
export type AreaData = [number, number, number, number];

/** A colour scale: "share" from 0 to `limit`, "signed" from −limit to limit. */
export interface ScaleData {
  at: AreaData;
  kind: "share" | "signed";
  limit: number;
  /** 1: numbers of 1E+9 and more in size stand for infinity (masked scores). */
  hides?: 1;
}

/** A list of words to pick from; anything else may be typed, too. */
export interface ChoiceData {
  at: AreaData;
  /** The cells that hold the words, as an address such as "Learned!$F$30:$F$95", or the words. */
  source: string | string[];
}

/** A picture driven by cells: the word map, lines of numbers, or lines between words. Every address is [sheet, row, column]. */
export interface ChartData {
  kind: "words" | "lines" | "looks";
  at: AreaData;
  title: string;
  axes: [string, string];
  /** Number of the stage that it belongs to, or -1. */
  stage: number;
  /** Word map: both axes go from −axisLimit to axisLimit. */
  axisLimit: number;
  /** Word map: one entry a word. Group 0 and 1 are the two languages. */
  points: PointData[];
  /** Looks: the number of the block whose weights are drawn. */
  block?: number;
  /** Lines: one entry a line. */
  lines: LineData[];
  /** Lines: 1 for bars side by side instead, 2 for bars upon each other. */
  bars?: 1 | 2;
  /** Lines: 1 where x and y are drawn on a logarithmic scale, else 0. */
  log?: [number, number];
  /** Lines: lowest and highest y; missing where the numbers say it. */
  range?: [number, number];
  /** Lines: how the numbers of the y axis look, such as "0%". */
  numberFormat?: string;
}

export type CellAt = [number, number, number];

export interface PointData {
  label: CellAt;
  x: CellAt;
  y: CellAt;
  group: number;
}

/** A line through points: its name, and the areas of its x and y values as addresses. */
export interface LineData {
  name: string;
  /** The cell that holds its name, as an address, where there is one. */
  named?: string;
  x: string;
  y: string;
}

export interface StageData {
  title: string;
  text: string;
  equation: string;
  /** Number of its sheet, and the row of its heading there. */
  sheet: number;
  row: number;
  /** 1: its blocks are rows of a table (the Check sheet). */
  table?: 1;
}

/** A named rectangle: where a step of the computation stands; several for 3 and 4 axes. */
export interface BlockData {
  name: string;
  /** What it is in plain words, such as "Attention weights". */
  title: string;
  equation: string;
  note: string;
  /** How its numbers are shown: "number", "share" (percent), "integer", "word", … */
  numberFormat: string;
  kind: "input" | "parameter" | "constant" | "computed";
  /** What it is in the terms of the field, such as "attention weights", where the story says so. */
  role?: string;
  /** The operation, such as "matmul". */
  op: string;
  stage: number;
  sheet: number;
  /** First cell of each matrix. */
  matrices: [number, number][];
  /** What each matrix is called, such as "head 1"; empty where there is one only. */
  matrixNames: string[];
  rows: number;
  columns: number;
  /** Number of the block over whose cells it stands, column by column: the right side of a product. */
  over?: number;
  /** The cell that marks it, in an exercise. */
  mark?: CellAt;
  /** 1: it only prepares its stage, and is folded away at the end. */
  workings?: 1;
  /** Least and most number that may be typed, and 1 where it must be whole. */
  bounds?: [number, number, number];
  /** 1: formulas may call it by its name. */
  named?: 1;
  /** 1: words stand at its rows (in the column before the matrix). */
  rowLabels?: 1;
  /** 1: labels stand over its columns (in the row above the matrix). */
  columnLabels?: 1;
}
