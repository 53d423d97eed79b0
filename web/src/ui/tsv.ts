/** Rows of cells as the clipboard carries them between spreadsheets: tabs, line ends, quotes. */

/** As Excel writes it: a cell with a tab, a line end or a quote stands in quotes. */
export function writeTsv(rows: string[][]): string {
  return rows.map((row) => row.map(quoted).join("\t")).join("\r\n");
}

const quoted = (text: string): string => (/[\t\r\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows of cells of a pasted text; a line end at its end begins no further row. */
export function readTsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "") break;
    if (match[3] !== "\t") rows.push([]);
    if (pattern.lastIndex >= text.length) {
      if (match[3] === "\t") rows.at(-1)!.push("");
      break;
    }
  }
  if (!rows.at(-1)!.length) rows.pop();
  return rows;
}
