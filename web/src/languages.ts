/** The languages that a page can be read in: English, and those that came with its book. */

import { ENGLISH } from "./english.generated.js";
import type { ChartData, Language, LanguageData, CellBlockData, Payload, SheetData } from "./format.js";

/** The texts of one language. */
export interface Texts {
  code: Language;
  /** What the language calls itself. */
  name: string;
  /** The sign before the decimals of a number that is typed. */
  decimal: string;
  page: Partial<Record<string, string>>;
  errors: Partial<Record<string, string>>;
  /** What the operations of the book do. */
  operations: Partial<Record<string, string>>;
  /** Texts of the book, as it was written → in this language. */
  book: Partial<Record<string, string>>;
}

/** The texts of a language; what it lacks is English. */
export function textsOf(payload: Payload, code: Language): Texts {
  const carried: LanguageData = payload.languages?.[code] ?? {};
  const operations = { ...payload.operations, ...carried.operations };
  return { ...ENGLISH, book: {}, ...carried, operations, code };
}

/** All languages of a page, English first. */
export function languagesOf(payload: Payload): Texts[] {
  const carried = Object.keys(payload.languages ?? {}).filter((code) => code !== ENGLISH.code);
  return [ENGLISH.code, ...carried].map((code) => textsOf(payload, code));
}

/** A text with its blanks {0}, {1}, … filled. */
export function fill(text: string, ...filled: (string | number)[]): string {
  return text.replace(/\{(\d)\}/g, (_, at: string) => String(filled[Number(at)] ?? ""));
}

/** Between what formulas call a block and its sentence, in one cell of a sheet. */
const BESIDE = "  ·  ";

/** A text of the book in a language, or of its parts those that have a translation. */
export function translated(texts: Texts, text: string): string {
  if (Object.hasOwn(texts.book, text)) return texts.book[text]!;
  if (text.includes(BESIDE)) return text.split(BESIDE).map((part) => translated(texts, part)).join(BESIDE);
  const [, name, equation] = /^(\S+) = (.+)$/.exec(text) ?? [];
  return equation === undefined ? text : `${name} = ${translated(texts, equation)}`;
}

/**
 * A book with all that its reader reads in another language. What stands in cells of blocks stays,
 * and so do the names of blocks and sheets, by which formulas call them.
 */
export function translatedBook(payload: Payload, texts: Texts): Payload {
  const say = (text: string): string => translated(texts, text);
  return {
    ...payload,
    title: say(payload.title),
    head: say(payload.head ?? ""),
    sheets: payload.sheets.map((sheet, number) => translatedSheet(sheet, cornersOn(payload, number), say)),
    stages: payload.stages.map((stage) => ({ ...stage, title: say(stage.title), text: say(stage.text), equation: say(stage.equation) })),
    blocks: payload.blocks.map((block) => ({
      ...block,
      title: say(block.title),
      equation: say(block.equation),
      note: say(block.note),
      matrixNames: block.matrixNames.map(say),
    })),
  };
}

/** What the reader calls a sheet. */
export function sheetTitle(sheet: SheetData): string {
  return sheet.title ?? sheet.name;
}

type Say = (text: string) => string;

/** Where the blocks of a sheet begin. */
function cornersOn(payload: Payload, sheet: number): Set<string> {
  return new Set(payload.blocks.filter((block) => block.sheet === sheet).flatMap((block) => block.matrices.map(String)));
}

function translatedSheet(sheet: SheetData, corners: Set<string>, say: Say): SheetData {
  const text = (value: number | string): number | string => (typeof value === "string" ? say(value) : value);
  const cellBlock = (one: CellBlockData): CellBlockData => (one.v && !corners.has(String(one.at.slice(0, 2))) ? { ...one, v: one.v.map(text) } : one);
  return { ...sheet, title: say(sheet.name), cellBlocks: sheet.cellBlocks.map(cellBlock), charts: sheet.charts.map((chart) => translatedChart(chart, say)) };
}

function translatedChart(chart: ChartData, say: Say): ChartData {
  const [across, up] = chart.axes;
  const lines = chart.lines.map((line) => ({ ...line, name: say(line.name) }));
  return { ...chart, title: say(chart.title), axes: [say(across), say(up)], lines };
}
