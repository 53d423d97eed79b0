/** A sentence typed into a cell for words: one word a cell, from there on. */

import type { BookReader, Place } from "./book_reader.js";

/** The words of a sentence, without the signs between them. */
export const wordsOf = (text: string): string[] => text.split(/[\s,.;:!?¿¡"“”«»()]+/u).filter(Boolean);

/**
 * What a sentence puts into a cell and those behind it in its line; what it has no word for is emptied.
 *
 * Gives null where the text is one word or a formula, or the cell takes no words; a number where only so many fit.
 */
export function wordEdits(book: BookReader, at: Place, text: string): (Place & { text: string })[] | number | null {
  if (wordsOf(text).length < 2 || /^['={]/.test(text) || book.choices(at)?.includes(text.trim())) return null;
  return cellsFrom(book, at).length < 2 ? null : lineEdits(book, at, text);
}

/** As wordEdits, also for one word or none. */
export function lineEdits(book: BookReader, at: Place, text: string): (Place & { text: string })[] | number {
  const words = wordsOf(text);
  const cells = cellsFrom(book, at);
  return words.length > cells.length ? cells.length : cells.map((cell, i) => ({ ...cell, text: words[i] ?? "" }));
}

/** The cells of a word's line from it on: down its column, of several columns along its row. */
function cellsFrom(book: BookReader, at: Place): Place[] {
  const standing = book.block(at);
  const block = standing && book.payload.blocks[standing.block]!;
  if (!block || block.kind !== "input" || block.numberFormat !== "word") return [];
  const along = block.columns > 1;
  const count = along ? block.columns - standing.column : block.rows - standing.row;
  return Array.from({ length: count }, (_, i) => ({ sheet: at.sheet, row: at.row + (along ? 0 : i), column: at.column + (along ? i : 0) }));
}
