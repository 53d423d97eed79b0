/** One matrix of a block as a table: words at its rows, labels over its columns, one cell a number. */

import type { BlockData } from "../format.js";
import type { Place } from "../model.js";
import { cellOf, plainTitle, shortName, type Context } from "./context.js";
import { h } from "./dom.js";

/** Longer tables are drawn only where they are seen. */
const WINDOW = 40;
const ROW_HEIGHT = 28;

export interface TableOptions {
  /** Show it the other way round, as a formula reads it. */
  turned?: boolean;
  /** Only these of its rows and columns: [first, count]. */
  rows?: [number, number];
  columns?: [number, number];
}

export function blockTable(context: Context, number: number, matrix: number, options: TableOptions = {}): HTMLElement {
  const block = context.model.payload.blocks[number]!;
  const [top, down] = options.rows ?? [0, block.rows];
  const [left, across] = options.columns ?? [0, block.columns];
  const [rows, columns] = options.turned ? [across, down] : [down, across];
  // Row or column −1 are the words beside and above, wherever the part begins.
  const at = (row: number, column: number): Place => cellOf(block, matrix, row < 0 ? row : top + row, column < 0 ? column : left + column);
  const place = (row: number, column: number): Place => (options.turned ? at(column, row) : at(row, column));
  const [downLabels, acrossLabels] = options.turned
    ? [block.columnLabels, block.rowLabels]
    : [block.rowLabels, block.columnLabels];
  const line = (row: number): HTMLTableRowElement => {
    const cells = Array.from({ length: columns }, (_, column) => cell(context, block, place(row, column)));
    const heading = downLabels ? head(context, "row", place(row, -1)) : null;
    return h("tr", { role: "row", "aria-rowindex": row + (acrossLabels ? 2 : 1) }, heading, ...cells);
  };
  const body = h("tbody", { role: "rowgroup" });
  const table = h(
    "table",
    { class: `block look-${block.numberFormat} ${block.kind}${columns > 6 ? " wide" : ""}`, role: "grid", "aria-label": ariaName(block, matrix), "aria-rowcount": rows + (acrossLabels ? 1 : 0), "aria-colcount": columns + (downLabels ? 1 : 0) },
    acrossLabels ? headings(context, columns, Boolean(downLabels), (column) => place(-1, column)) : null,
    body,
  );
  if (rows <= WINDOW) {
    body.append(...Array.from({ length: rows }, (_, row) => line(row)));
    return scroller(table, block, false);
  }
  return windowed(context, table, body, rows, line, block);
}

/** What it is in plain words, then its name and equation as they stand above it. */
function ariaName(block: BlockData, matrix: number): string {
  const name = shortName(block.name);
  const heading = block.equation ? `${name} = ${block.equation}` : name;
  return [plainTitle(block), heading, block.matrixNames[matrix]].filter(Boolean).join(", ");
}

function headings(context: Context, columns: number, corner: boolean, label: (column: number) => Place): HTMLElement {
  const heads = Array.from({ length: columns }, (_, column) => head(context, "col", label(column)));
  return h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, corner ? h("td", { class: "corner", role: "presentation" }) : null, ...heads));
}

function head(context: Context, scope: "row" | "col", at: Place): HTMLElement {
  const element = h("th", { scope, role: scope === "row" ? "rowheader" : "columnheader", dir: "auto" });
  context.painter.add(element, at);
  return element;
}

function cell(context: Context, block: BlockData, at: Place): HTMLElement {
  const picks = block.kind === "input" && context.model.choices(at) !== null;
  const blank = context.model.style(at).startsWith("blank.");
  const element = h("td", { role: "gridcell", tabindex: -1, class: picks ? "picks" : blank ? "kind-blank" : undefined, data: { cell: "" } });
  context.painter.add(element, at);
  return element;
}

/** A table that is wider or longer than its place scrolls, also by keyboard through its cells. */
function scroller(table: HTMLElement, block: BlockData, long: boolean): HTMLElement {
  makeReachable(table);
  return h("div", { class: long ? "scroller long" : "scroller", data: { block: block.name } }, table);
}

/** One stop for the Tab key: the first cell, until another one is selected. */
function makeReachable(table: HTMLElement): void {
  table.querySelector<HTMLElement>("[data-cell]")?.setAttribute("tabindex", "0");
}

function windowed(
  context: Context,
  table: HTMLTableElement,
  body: HTMLElement,
  rows: number,
  line: (row: number) => HTMLTableRowElement,
  block: BlockData,
): HTMLElement {
  const before = h("tr", { role: "presentation", class: "spacer" }, h("td", { role: "presentation" }));
  const after = h("tr", { role: "presentation", class: "spacer" }, h("td", { role: "presentation" }));
  const box = scroller(table, block, true);
  let first = -1;
  const draw = (): void => {
    const wanted = Math.max(0, Math.min(rows - WINDOW, Math.floor(box.scrollTop / ROW_HEIGHT) - 12));
    if (first >= 0 && Math.abs(wanted - first) < 6) return;
    first = wanted;
    before.style.height = `${first * ROW_HEIGHT}px`;
    after.style.height = `${(rows - first - WINDOW) * ROW_HEIGHT}px`;
    const focused = context.painter.placeOf(document.activeElement);
    body.replaceChildren(before, ...Array.from({ length: WINDOW }, (_, i) => line(first + i)), after);
    makeReachable(table);
    context.painter.sweep();
    if (focused && box.contains(document.activeElement) === false) refocus(context, box, focused);
  };
  box.addEventListener("scroll", draw, { passive: true });
  // The rows of a window that the reader asks for from outside (a jump to a cell).
  box.addEventListener("show-row", (event) => {
    box.scrollTop = Math.max(0, (event as CustomEvent<number>).detail * ROW_HEIGHT - box.clientHeight / 2);
    draw();
  });
  draw();
  return box;
}

function refocus(context: Context, box: HTMLElement, at: Place): void {
  context.painter
    .elements(at)
    .find((element) => box.contains(element))
    ?.focus({ preventScroll: true });
}
