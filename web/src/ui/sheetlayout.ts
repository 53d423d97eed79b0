/** Where the cells of a sheet with frozen rows and columns stand, and which of them are in sight. */

import type { SheetData } from "../format.js";
import type { Area, Place } from "../model.js";
import { columnLines, rowLines, type Lines } from "./geometry.js";
import type { Quad } from "./sheetparts.js";

export const HEAD_WIDTH = 44;
export const HEAD_HEIGHT = 24;

/** First and last row, or column. */
export type Span = [number, number];

export interface Sight {
  rows: Span;
  columns: Span;
}

export class Layout {
  readonly rows: Lines;
  readonly columns: Lines;
  readonly frozen: [number, number];

  constructor(
    private readonly grid: HTMLElement,
    data: SheetData,
    readonly size: { rows: number; columns: number },
  ) {
    this.rows = rowLines(data, size.rows);
    this.columns = columnLines(data, size.columns);
    this.frozen = data.frozen;
  }

  /** Pixels that headings and frozen columns take. */
  private get left(): number {
    return HEAD_WIDTH + this.columns.start(this.frozen[1]);
  }

  private get top(): number {
    return HEAD_HEIGHT + this.rows.start(this.frozen[0]);
  }

  /** Make an element as large as the sheet, in four parts. */
  spread(content: HTMLElement): void {
    const { rows, columns } = this;
    content.style.gridTemplate = `${this.top}px ${rows.total - rows.start(this.frozen[0])}px / ${this.left}px ${columns.total - columns.start(this.frozen[1])}px`;
    content.style.width = `${HEAD_WIDTH + columns.total}px`;
  }

  /** First and last row and column in sight below and beside the frozen ones. */
  sight(): Sight {
    const [row, column] = this.frozen;
    const y = this.rows.start(row) + this.grid.scrollTop;
    const x = this.columns.start(column) + this.grid.scrollLeft;
    const height = Math.max(0, this.grid.clientHeight - this.top);
    const width = Math.max(0, this.grid.clientWidth - this.left);
    return { rows: [Math.max(row, this.rows.at(y)), this.rows.at(y + height)], columns: [Math.max(column, this.columns.at(x)), this.columns.at(x + width)] };
  }

  isInSight(at: Place): boolean {
    const { rows, columns } = this.sight();
    return at.row <= rows[1] && at.column <= columns[1] && (at.row >= rows[0] || at.row < this.frozen[0]) && (at.column >= columns[0] || at.column < this.frozen[1]);
  }

  scrollTo(at: Place): void {
    const [row, column] = this.frozen;
    const { grid } = this;
    if (at.row >= row) {
      const y = this.rows.start(at.row) - this.rows.start(row);
      const room = grid.clientHeight - this.top - this.rows.span(at.row, 1) - 4;
      grid.scrollTop = Math.min(y, Math.max(grid.scrollTop, y - room));
    }
    if (at.column >= column) {
      const x = this.columns.start(at.column) - this.columns.start(column);
      const room = grid.clientWidth - this.left - this.columns.span(at.column, 1) - 4;
      grid.scrollLeft = Math.min(x, Math.max(grid.scrollLeft, x - room));
    }
  }

  /** Pixels of the first cell of a quad within the sheet, and of the quad's own headings. */
  origin(name: Quad): { x: number; y: number } {
    const right = name === "top" || name === "body";
    const low = name === "left" || name === "body";
    return {
      x: right ? this.columns.start(this.frozen[1]) : -HEAD_WIDTH,
      y: low ? this.rows.start(this.frozen[0]) : -HEAD_HEIGHT,
    };
  }

  /** Place and size of a rectangle within a quad. */
  box({ row, column, rows, columns }: Omit<Area, "sheet">, name: Quad): Record<string, string> {
    const { x, y } = this.origin(name);
    return {
      left: `${this.columns.start(column) - x}px`,
      top: `${this.rows.start(row) - y}px`,
      width: `${this.columns.span(column, columns)}px`,
      height: `${this.rows.span(row, rows)}px`,
    };
  }

  /** The cell under the pointer, found by its pixels: empty cells have no element. */
  cellAt(event: PointerEvent): { row: number; column: number } {
    const box = this.grid.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const column = this.columns.at(x - HEAD_WIDTH + (x < this.left ? 0 : this.grid.scrollLeft));
    const row = this.rows.at(y - HEAD_HEIGHT + (y < this.top ? 0 : this.grid.scrollTop));
    return { row, column };
  }
}
