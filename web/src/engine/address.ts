/** Addresses: B5 is row 4, column 1. Rows and columns count from 0. */

export const LAST_ROW = 1_048_576;
export const LAST_COLUMN = 16_384;

/** The letters of a column: 0 is A, 26 is AA. */
export function columnName(column: number): string {
  let letters = "";
  for (let n = column + 1; n > 0; n = Math.floor((n - 1) / 26)) {
    letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
  }
  return letters;
}

/** The column of its letters, of either case. */
export function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number - 1;
}

export function a1(row: number, column: number, rowFixed = false, columnFixed = false): string {
  return `${columnFixed ? "$" : ""}${columnName(column)}${rowFixed ? "$" : ""}${row + 1}`;
}

/** A rectangle; one cell has no colon. */
export function areaName(row: number, column: number, rows: number, columns: number): string {
  const first = a1(row, column);
  return rows * columns === 1 ? first : `${first}:${a1(row + rows - 1, column + columns - 1)}`;
}

/** How a formula names another sheet: Words! or 'Bob''s words'! */
export function sheetPrefix(name: string): string {
  return /^[A-Za-z_]+$/.test(name) ? `${name}!` : `'${name.replaceAll("'", "''")}'!`;
}

/** One number for a cell of a book, to look things up by. */
export function cellKey(sheet: number, row: number, column: number): number {
  return (sheet * LAST_ROW + row) * LAST_COLUMN + column;
}
