/** Where rows and columns of a sheet stand in pixels, and which of them are in sight. */

import type { SheetData } from "../format.js";

const DEFAULT_WIDTH = 9;
const DEFAULT_HEIGHT = 16.5;

/** Starts of lines: line i reaches from starts[i] to starts[i + 1]. */
export class Lines {
  readonly starts: Float64Array;

  constructor(
    readonly count: number,
    size: (line: number) => number,
  ) {
    this.starts = new Float64Array(count + 1);
    for (let i = 0; i < count; i++) this.starts[i + 1] = this.starts[i]! + size(i);
  }

  get total(): number {
    return this.starts[this.count]!;
  }

  start(line: number): number {
    return this.starts[Math.max(0, Math.min(line, this.count))]!;
  }

  /** The line at a pixel; the first or last one outside. */
  at(pixel: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= pixel) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Pixels of some lines. */
  span(line: number, count: number): number {
    return this.start(line + count) - this.start(line);
  }
}

/** Spreadsheet programs count 7 pixels a digit and a margin; heights are points. */
export function columnLines(sheet: SheetData, count: number): Lines {
  const widths = new Map(sheet.widths);
  return new Lines(count, (column) => Math.round((widths.get(column) ?? DEFAULT_WIDTH) * 7 + 5));
}

export function rowLines(sheet: SheetData, count: number): Lines {
  const heights = new Map(sheet.heights);
  return new Lines(count, (row) => Math.max(6, Math.round(((heights.get(row) ?? DEFAULT_HEIGHT) * 4) / 3)));
}
