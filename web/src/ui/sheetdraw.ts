/** Draws one part of a sheet: cells, faint lines, the frame of the selection, and headings. */

import { columnName } from "../engine/address.js";
import type { Area } from "../model.js";
import type { Context } from "./context.js";
import { h } from "./dom.js";
import { areaOf, type Range } from "./range.js";
import { HEAD_HEIGHT, HEAD_WIDTH, type Layout, type Sight, type Span } from "./sheetlayout.js";
import { classes, heading, type Quad, rule } from "./sheetparts.js";

/** What is drawn: a sheet, where its cells stand, its merged rectangles, and what is selected. */
export interface Drawing {
  readonly context: Context;
  readonly sheet: number;
  readonly layout: Layout;
  readonly merged: readonly Area[];
  readonly range: Range;
}

/** All that stands in a part, from row to row and column to column. */
export function drawn(drawing: Drawing, name: Quad, { rows, columns }: Sight): HTMLElement[] {
  const lines = [...cellsByRow(drawing, name, { rows, columns })].sort((a, b) => a[0] - b[0]);
  const cells = lines.map(([row, cells]) => h("div", { role: "row", "aria-rowindex": row + 1 }, ...cells));
  return [...rules(drawing, name, { rows, columns }), ...cells, ...frame(drawing, name, { rows, columns })];
}

function cellsByRow(drawing: Drawing, name: Quad, { rows, columns }: Sight): Map<number, HTMLElement[]> {
  const { context, sheet, range } = drawing;
  const covered = new Set<string>();
  const byRow = new Map<number, HTMLElement[]>();
  const add = (area: Area): void => void byRow.set(area.row, [...(byRow.get(area.row) ?? []), cell(drawing, area, name)]);
  const merged = drawing.merged.filter((area) => area.row <= rows[1] && area.row + area.rows > rows[0] && area.column <= columns[1] && area.column + area.columns > columns[0]);
  for (const area of merged) {
    for (let r = 0; r < area.rows; r++) for (let c = 0; c < area.columns; c++) covered.add(`${area.row + r},${area.column + c}`);
    add(area);
  }
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      if (covered.has(`${row},${column}`)) continue;
      const at = { sheet, row, column };
      const active = row === range.anchor.row && column === range.anchor.column;
      if (active || context.model.style(at) || context.model.value(at) !== null) add({ ...at, rows: 1, columns: 1 });
    }
  }
  return byRow;
}

function cell({ context, layout }: Drawing, area: Area, name: Quad): HTMLElement {
  const style = context.model.style(area);
  const wrapped = style === "text" || style === "note";
  const flows = typeof context.model.value(area) === "string" && isFree(context, area, style.startsWith("label_row") ? -1 : 1);
  const element = h("div", {
    class: `cell ${classes(style)}${area.rows * area.columns > 1 ? " merged" : ""}${wrapped ? " wrapped" : flows ? " flows" : ""}`,
    role: "gridcell",
    "aria-colindex": area.column + 1,
    data: { cell: "" },
    dir: "auto",
    style: layout.box(area, name),
  });
  context.painter.add(element, { sheet: area.sheet, row: area.row, column: area.column });
  return element;
}

/** Whether nothing stands beside a cell: a longer text has room there, as in every spreadsheet. */
function isFree({ model }: Context, { sheet, row, column }: Area, step: 1 | -1): boolean {
  const at = { sheet, row, column: column + step };
  return at.column >= 0 && !model.style(at) && model.value(at) === null;
}

/** Faint lines between rows and columns. */
function rules({ layout }: Drawing, name: Quad, { rows, columns }: Sight): HTMLElement[] {
  if (rows[1] < rows[0] || columns[1] < columns[0]) return [];
  const { x, y } = layout.origin(name);
  const [left, right] = [layout.columns.start(columns[0]) - x, layout.columns.start(columns[1] + 1) - x];
  const [top, bottom] = [layout.rows.start(rows[0]) - y, layout.rows.start(rows[1] + 1) - y];
  return [
    ...numbers(rows).map((row) => rule(left, layout.rows.start(row + 1) - y - 1, right - left, 1)),
    ...numbers(columns).map((column) => rule(layout.columns.start(column + 1) - x - 1, top, 1, bottom - top)),
  ];
}

/** The frame around the selected rectangle, as far as it lies in this part; its corner is a handle. */
function frame({ sheet, range, layout }: Drawing, name: Quad, { rows, columns }: Sight): HTMLElement[] {
  const area = areaOf(range);
  if (area.sheet !== sheet) return [];
  const [last, end] = [area.row + area.rows - 1, area.column + area.columns - 1];
  const [r0, r1] = [Math.max(rows[0], area.row), Math.min(rows[1], last)];
  const [c0, c1] = [Math.max(columns[0], area.column), Math.min(columns[1], end)];
  if (r1 < r0 || c1 < c0) return [];
  const style = layout.box({ row: r0, column: c0, rows: r1 - r0 + 1, columns: c1 - c0 + 1 }, name);
  const handle = r1 === last && c1 === end ? h("div", { class: "handle" }) : null;
  return [h("div", { class: area.rows * area.columns > 1 ? "range many" : "range", style, "aria-hidden": "true" }, handle)];
}

/** Letters above and numbers beside, those of the selection set off. */
export function drawHeadings({ range, layout }: Drawing, quads: Record<Quad, HTMLElement>, { rows, columns }: Sight): void {
  const area = areaOf(range);
  const { frozen } = layout;
  const row = (r: number, origin: number): HTMLElement => heading(String(r + 1), { left: "0px", top: `${layout.rows.start(r) - origin}px`, width: `${HEAD_WIDTH}px`, height: `${layout.rows.span(r, 1)}px` }, r >= area.row && r < area.row + area.rows, { row: r });
  const column = (c: number, origin: number): HTMLElement => heading(columnName(c), { left: `${layout.columns.start(c) - origin}px`, top: "0px", width: `${layout.columns.span(c, 1)}px`, height: `${HEAD_HEIGHT}px` }, c >= area.column && c < area.column + area.columns, { column: c });
  quads.top.append(...numbers(columns).map((c) => column(c, layout.origin("top").x)));
  quads.left.append(...numbers(rows).map((r) => row(r, layout.origin("left").y)));
  quads.corner.append(
    ...numbers([0, frozen[1] - 1]).map((c) => column(c, -HEAD_WIDTH)),
    ...numbers([0, frozen[0] - 1]).map((r) => row(r, -HEAD_HEIGHT)),
    heading("", { left: "0px", top: "0px", width: `${HEAD_WIDTH}px`, height: `${HEAD_HEIGHT}px` }, false, {}),
  );
}

const numbers = ([first, last]: Span): number[] => Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
