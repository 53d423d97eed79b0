/** The sheet: the same cells as a grid. Only what is in sight is drawn. */

import { columnName } from "../engine/address.js";
import type { ChartData, SheetData } from "../format.js";
import { sheetTitle } from "../languages.js";
import type { Area, Change, Place } from "../model.js";
import type { Context, Part } from "./context.js";
import { h, put, write } from "./dom.js";
import { columnLines, rowLines, type Lines } from "./geometry.js";
import { lineChart } from "./linechart.js";
import { areaOf, filledTo, rangeOf, type Range } from "./range.js";
import { sheetKeys } from "./sheetkeys.js";
import { onTap } from "./tablekeys.js";
import { classes, heading, quad, rule, totals, type Quad } from "./sheetparts.js";
import { WordMap } from "./wordmap.js";

const HEAD_WIDTH = 44;
const HEAD_HEIGHT = 24;
/** Empty rows and columns after the last used ones, to type into. */
const SPARE_ROWS = 30;
const SPARE_COLUMNS = 6;

export class SheetView implements Part {
  readonly element: HTMLElement;
  readonly grid: HTMLElement;
  sheet = 0;
  range: Range;
  size = { rows: 0, columns: 0 };
  private rows!: Lines;
  private columns!: Lines;
  private frozen: [number, number] = [0, 0];
  private readonly quads: Record<Quad, HTMLElement>;
  private readonly tabs: HTMLElement;
  private readonly total = h("p", { class: "total", "aria-live": "polite" });
  private merged: Area[] = [];
  private charts: { element: HTMLElement; part: Part }[] = [];
  private waiting = false;
  /** The element that bears the name of the active cell. */
  private active: HTMLElement | null = null;
  readonly content: HTMLElement;

  constructor(readonly context: Context) {
    this.range = { anchor: context.selection, active: context.selection };
    this.quads = { corner: quad("corner"), top: quad("top"), left: quad("left"), body: quad("body") };
    this.content = h("div", { class: "sheetcontent", role: "presentation" }, ...Object.values(this.quads));
    this.grid = h("div", { class: "sheetbody", role: "grid", tabindex: 0, "aria-multiselectable": "true" }, this.content);
    this.tabs = h("div", { class: "sheettabs", role: "tablist", "aria-label": context.say("sheets") });
    this.element = h("div", { class: "sheetview" }, this.grid, h("div", { class: "sheetfoot" }, this.tabs, this.total));
    this.tabs.addEventListener("keydown", (event) => {
      const to = this.sheet + (event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0);
      if (to === this.sheet || !context.model.payload.sheets[to]) return;
      event.preventDefault();
      this.activateSheet(to);
      this.tabs.querySelectorAll("button")[to]?.focus();
    });
    this.grid.setAttribute("aria-description", context.say("keys"));
    this.grid.addEventListener("scroll", () => this.later(), { passive: true });
    this.grid.addEventListener("pointerdown", (event) => this.press(event));
    this.grid.addEventListener("dblclick", () => context.edit());
    onTap(context, this.grid, () => this.range.anchor);
    sheetKeys(this);
    this.show(context.selection.sheet);
  }

  /** It stands in the page now: only now has it a size. */
  shown(): void {
    this.scrollTo(this.range.active);
    this.draw();
  }

  /** Draw another sheet. */
  show(number: number): void {
    const { payload } = this.context.model;
    this.sheet = number;
    const data = payload.sheets[number]!;
    this.frozen = data.frozen;
    this.measure();
    this.merged = data.cellBlocks
      .filter((cellBlock) => cellBlock.m || (cellBlock.span ?? 1) > 1)
      .map(({ at: [row, column, rows, columns], span }) => ({ sheet: number, row, column, rows, columns: Math.max(columns, span ?? 1) }));
    this.charts = data.charts.map((chart) => this.chart(chart));
    this.grid.setAttribute("aria-label", this.context.say("gridOf", sheetTitle(data)));
    this.tabs.replaceChildren(...payload.sheets.map((sheet, i) => this.tab(sheet, i)));
    this.grid.scrollTo(0, 0);
    this.draw();
  }

  reveal(at: Place | Area): void {
    if (at.sheet !== this.sheet) this.show(at.sheet);
    this.range = rangeOf({ rows: 1, columns: 1, ...at });
    this.grow(at);
    this.scrollTo(at);
    this.draw();
    this.grid.focus({ preventScroll: true });
  }

  /** The element of the selected cell, for the editor. */
  find(at: Place): HTMLElement | null {
    return this.context.painter.elements(at).find((element) => this.grid.contains(element)) ?? null;
  }

  /** Make a cell the active one; with `extend` the range grows to it. */
  activate(at: Place, extend = false): void {
    this.range = { anchor: extend ? this.range.anchor : at, active: at };
    this.grow(at);
    this.context.select(this.range.anchor);
    this.scrollTo(at);
    this.draw();
  }

  selectArea(area: Area): void {
    this.range = rangeOf(area);
    this.context.select(this.range.anchor);
    this.draw();
  }

  /** A picture over the cells where the workbook has it. */
  private chart(chart: ChartData): { element: HTMLElement; part: Part } {
    const part = chart.kind === "words" ? new WordMap(this.context, chart) : lineChart(this.context, chart, this.sheet);
    const [row, column, rows, columns] = chart.at;
    const { x, y } = this.origin("body");
    const style = {
      left: `${this.columns.start(column) - x}px`,
      top: `${this.rows.start(row) - y}px`,
      width: `${this.columns.span(column, columns)}px`,
      height: `${this.rows.span(row, rows)}px`,
    };
    return { part, element: h("div", { role: "row", "aria-rowindex": row + 1 }, h("div", { class: "sheetchart", role: "gridcell", style }, part.element)) };
  }

  changed(change: Change): void {
    for (const { part } of this.charts) part.changed?.(change);
    const { rows, columns } = this.context.model.size(this.sheet);
    const grown = rows > this.size.rows || columns > this.size.columns;
    const fresh = change.changed.some((at) => at.sheet === this.sheet && !this.find(at) && this.inSight(at));
    if (grown) this.measure();
    if (grown || fresh) this.draw();
    else this.tellActive();
  }

  /** Rows in sight, for the page keys. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.grid.clientHeight / 26) - 3);
  }

  /** Room for a cell that lies beyond what is used. */
  private grow(at: Place): void {
    if (at.row >= this.size.rows || at.column >= this.size.columns) this.measure();
  }

  private measure(): void {
    const used = this.context.model.size(this.sheet);
    const { row, column } = this.range.active;
    this.size = {
      rows: Math.max(used.rows, row + 1) + SPARE_ROWS,
      columns: Math.max(used.columns, column + 1) + SPARE_COLUMNS,
    };
    const data = this.context.model.payload.sheets[this.sheet]!;
    this.rows = rowLines(data, this.size.rows);
    this.columns = columnLines(data, this.size.columns);
    this.grid.setAttribute("aria-rowcount", String(this.size.rows));
    this.grid.setAttribute("aria-colcount", String(this.size.columns));
    const left = HEAD_WIDTH + this.columns.start(this.frozen[1]);
    const top = HEAD_HEIGHT + this.rows.start(this.frozen[0]);
    this.content.style.gridTemplate = `${top}px ${this.rows.total - this.rows.start(this.frozen[0])}px / ${left}px ${this.columns.total - this.columns.start(this.frozen[1])}px`;
    this.content.style.width = `${HEAD_WIDTH + this.columns.total}px`;
  }

  private tab(sheet: SheetData, i: number): HTMLElement {
    const here = i === this.sheet;
    const press = (): void => {
      this.activateSheet(i);
      this.grid.focus({ preventScroll: true });
    };
    return h("button", { type: "button", role: "tab", class: "sheettab", "aria-selected": String(here), tabindex: here ? 0 : -1, title: sheetTitle(sheet) === sheet.name ? undefined : sheet.name, on: { click: press } }, sheetTitle(sheet));
  }

  /** Another sheet, its first cell selected. */
  activateSheet(number: number): void {
    const count = this.context.model.payload.sheets.length;
    if (number < 0 || number >= count) return;
    this.show(number);
    this.activate({ sheet: number, row: this.frozen[0], column: this.frozen[1] });
  }

  private later(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  private get left(): number {
    return HEAD_WIDTH + this.columns.start(this.frozen[1]);
  }

  private get top(): number {
    return HEAD_HEIGHT + this.rows.start(this.frozen[0]);
  }

  /** First and last row and column in sight below and beside the frozen ones. */
  private sight(): { rows: [number, number]; columns: [number, number] } {
    const [row, column] = this.frozen;
    const y = this.rows.start(row) + this.grid.scrollTop;
    const x = this.columns.start(column) + this.grid.scrollLeft;
    const height = Math.max(0, this.grid.clientHeight - this.top);
    const width = Math.max(0, this.grid.clientWidth - this.left);
    return { rows: [Math.max(row, this.rows.at(y)), this.rows.at(y + height)], columns: [Math.max(column, this.columns.at(x)), this.columns.at(x + width)] };
  }

  private inSight(at: Place): boolean {
    const { rows, columns } = this.sight();
    return at.row <= rows[1] && at.column <= columns[1] && (at.row >= rows[0] || at.row < this.frozen[0]) && (at.column >= columns[0] || at.column < this.frozen[1]);
  }

  private scrollTo(at: Place): void {
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

  /** Draw what is in sight. */
  draw(): void {
    const sight = this.sight();
    const [row, column] = this.frozen;
    const frozenRows: [number, number] = [0, row - 1];
    const frozenColumns: [number, number] = [0, column - 1];
    this.fill("body", sight.rows, sight.columns);
    this.fill("top", frozenRows, sight.columns);
    this.fill("left", sight.rows, frozenColumns);
    this.fill("corner", frozenRows, frozenColumns);
    this.headings(sight);
    this.context.painter.sweep();
    this.context.remark();
    this.tellActive();
  }

  /** The name of the active cell, and what the selected ones come to, as they are now. */
  private tellActive(): void {
    write(this.total, totals(this.context, areaOf(this.range)));
    const active = this.find(this.range.anchor);
    if (this.active !== active) {
      this.active?.removeAttribute("id");
      this.active?.removeAttribute("aria-label");
    }
    this.active = active;
    if (active) {
      active.id = "sheet-active";
      put(active, "aria-label", `${this.context.model.address(this.range.anchor)}, ${this.context.name(this.range.anchor)}: ${active.textContent ?? ""}`);
      this.grid.setAttribute("aria-activedescendant", active.id);
    } else this.grid.removeAttribute("aria-activedescendant");
  }

  /** Pixels of the first cell of a quad within the sheet, and of the quad's own headings. */
  private origin(name: Quad): { x: number; y: number } {
    const right = name === "top" || name === "body";
    const low = name === "left" || name === "body";
    return {
      x: right ? this.columns.start(this.frozen[1]) : -HEAD_WIDTH,
      y: low ? this.rows.start(this.frozen[0]) : -HEAD_HEIGHT,
    };
  }

  private fill(name: Quad, rows: [number, number], columns: [number, number]): void {
    const drawn: HTMLElement[] = [];
    const covered = new Set<string>();
    const { x, y } = this.origin(name);
    const merged = this.merged.filter((area) => area.row <= rows[1] && area.row + area.rows > rows[0] && area.column <= columns[1] && area.column + area.columns > columns[0]);
    const byRow = new Map<number, HTMLElement[]>();
    const add = (row: number, cell: HTMLElement): void => void byRow.set(row, [...(byRow.get(row) ?? []), cell]);
    for (const area of merged) {
      for (let r = 0; r < area.rows; r++) for (let c = 0; c < area.columns; c++) covered.add(`${area.row + r},${area.column + c}`);
      add(area.row, this.cell(area, x, y));
    }
    for (let row = rows[0]; row <= rows[1]; row++) {
      for (let column = columns[0]; column <= columns[1]; column++) {
        if (covered.has(`${row},${column}`)) continue;
        const at = { sheet: this.sheet, row, column };
        const active = row === this.range.anchor.row && column === this.range.anchor.column;
        if (active || this.context.model.style(at) || this.context.model.value(at) !== null) add(row, this.cell({ ...at, rows: 1, columns: 1 }, x, y));
      }
    }
    for (const [row, cells] of [...byRow].sort((a, b) => a[0] - b[0])) drawn.push(h("div", { role: "row", "aria-rowindex": row + 1 }, ...cells));
    this.quads[name].replaceChildren(...this.rules(rows, columns, x, y), ...drawn, ...this.frame(rows, columns, x, y));
    if (name === "body") this.quads.body.append(...this.charts.map((chart) => chart.element));
  }

  private cell(area: Area, x: number, y: number): HTMLElement {
    const style = this.context.model.style(area);
    const wrapped = style === "text" || style === "note";
    const element = h("div", {
      class: `cell ${classes(style)}${area.rows * area.columns > 1 ? " merged" : ""}${wrapped ? " wrapped" : ""}`,
      role: "gridcell",
      "aria-colindex": area.column + 1,
      data: { cell: "" },
      dir: "auto",
      style: {
        left: `${this.columns.start(area.column) - x}px`,
        top: `${this.rows.start(area.row) - y}px`,
        width: `${this.columns.span(area.column, area.columns)}px`,
        height: `${this.rows.span(area.row, area.rows)}px`,
      },
    });
    this.context.painter.add(element, { sheet: area.sheet, row: area.row, column: area.column });
    return element;
  }

  /** Faint lines between rows and columns. */
  private rules(rows: [number, number], columns: [number, number], x: number, y: number): HTMLElement[] {
    const lines: HTMLElement[] = [];
    if (rows[1] < rows[0] || columns[1] < columns[0]) return lines;
    const [left, right] = [this.columns.start(columns[0]) - x, this.columns.start(columns[1] + 1) - x];
    const [top, bottom] = [this.rows.start(rows[0]) - y, this.rows.start(rows[1] + 1) - y];
    for (let row = rows[0]; row <= rows[1]; row++) lines.push(rule(left, this.rows.start(row + 1) - y - 1, right - left, 1));
    for (let column = columns[0]; column <= columns[1]; column++) lines.push(rule(this.columns.start(column + 1) - x - 1, top, 1, bottom - top));
    return lines;
  }

  /** The frame around the selected rectangle, as far as it lies in this quad. */
  private frame(rows: [number, number], columns: [number, number], x: number, y: number): HTMLElement[] {
    const area = areaOf(this.range);
    if (area.sheet !== this.sheet) return [];
    const [r0, r1] = [Math.max(rows[0], area.row), Math.min(rows[1], area.row + area.rows - 1)];
    const [c0, c1] = [Math.max(columns[0], area.column), Math.min(columns[1], area.column + area.columns - 1)];
    if (r1 < r0 || c1 < c0) return [];
    const style = {
      left: `${this.columns.start(c0) - x}px`,
      top: `${this.rows.start(r0) - y}px`,
      width: `${this.columns.span(c0, c1 - c0 + 1)}px`,
      height: `${this.rows.span(r0, r1 - r0 + 1)}px`,
    };
    const frame = h("div", { class: area.rows * area.columns > 1 ? "range many" : "range", style, "aria-hidden": "true" });
    if (r1 === area.row + area.rows - 1 && c1 === area.column + area.columns - 1) frame.append(h("div", { class: "handle", on: { pointerdown: (event: PointerEvent) => this.pressHandle(event) } }));
    return [frame];
  }

  private headings({ rows, columns }: { rows: [number, number]; columns: [number, number] }): void {
    const area = areaOf(this.range);
    const row = (r: number, origin: number): HTMLElement => heading(String(r + 1), { left: "0px", top: `${this.rows.start(r) - origin}px`, width: `${HEAD_WIDTH}px`, height: `${this.rows.span(r, 1)}px` }, r >= area.row && r < area.row + area.rows, { row: r });
    const column = (c: number, origin: number): HTMLElement => heading(columnName(c), { left: `${this.columns.start(c) - origin}px`, top: "0px", width: `${this.columns.span(c, 1)}px`, height: `${HEAD_HEIGHT}px` }, c >= area.column && c < area.column + area.columns, { column: c });
    const span = ([a, b]: [number, number]): number[] => Array.from({ length: Math.max(0, b - a + 1) }, (_, i) => a + i);
    this.quads.top.append(...span(columns).map((c) => column(c, this.origin("top").x)));
    this.quads.left.append(...span(rows).map((r) => row(r, this.origin("left").y)));
    this.quads.corner.append(
      ...span([0, this.frozen[1] - 1]).map((c) => column(c, -HEAD_WIDTH)),
      ...span([0, this.frozen[0] - 1]).map((r) => row(r, -HEAD_HEIGHT)),
      heading("", { left: "0px", top: "0px", width: `${HEAD_WIDTH}px`, height: `${HEAD_HEIGHT}px` }, false, {}),
    );
  }

  /** The cell under the pointer, found by its pixels: empty cells have no element. */
  cellAt(event: PointerEvent): Place {
    const box = this.grid.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const column = x < this.left ? this.columns.at(x - HEAD_WIDTH) : this.columns.at(x - HEAD_WIDTH + this.grid.scrollLeft);
    const row = y < this.top ? this.rows.at(y - HEAD_HEIGHT) : this.rows.at(y - HEAD_HEIGHT + this.grid.scrollTop);
    return { sheet: this.sheet, row, column };
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest(".editing, .sheetchart")) return;
    const head = (event.target as Element).closest<HTMLElement>(".sheethead");
    if (head) return this.pressHeading(head);
    // A touch scrolls; only a mouse or pen draws a range.
    const at = this.start(this.cellAt(event));
    this.grid.focus({ preventScroll: true });
    this.activate(at, event.shiftKey);
    if (event.pointerType === "touch") return;
    event.preventDefault();
    const move = (next: PointerEvent): void => {
      const to = this.cellAt(next);
      if (to.row !== this.range.active.row || to.column !== this.range.active.column) this.extend(to);
    };
    this.grid.setPointerCapture(event.pointerId);
    this.grid.addEventListener("pointermove", move);
    this.grid.addEventListener("pointerup", () => this.grid.removeEventListener("pointermove", move), { once: true });
  }

  /** The corner of the frame: the range is filled as far as it is drawn, in one direction. */
  private pressHandle(event: PointerEvent): void {
    event.preventDefault();
    event.stopPropagation();
    const from = areaOf(this.range);
    const move = (next: PointerEvent): void => {
      this.range = rangeOf(filledTo(from, this.cellAt(next)));
      this.draw();
    };
    const end = (): void => {
      this.grid.removeEventListener("pointermove", move);
      const to = areaOf(this.range);
      if (to.rows * to.columns > from.rows * from.columns) this.context.change(() => this.context.model.fill(from, to));
    };
    this.grid.setPointerCapture(event.pointerId);
    this.grid.addEventListener("pointermove", move);
    this.grid.addEventListener("pointerup", end, { once: true });
  }

  private extend(to: Place): void {
    this.range = { anchor: this.range.anchor, active: to };
    this.draw();
  }

  /** The cell that stands for a merged rectangle. */
  private start(at: Place): Place {
    const area = this.merged.find((one) => at.row >= one.row && at.row < one.row + one.rows && at.column >= one.column && at.column < one.column + one.columns);
    return area ? { sheet: at.sheet, row: area.row, column: area.column } : at;
  }

  private pressHeading(head: HTMLElement): void {
    const { row, column } = head.dataset;
    this.grid.focus({ preventScroll: true });
    if (row !== undefined) this.selectArea({ sheet: this.sheet, row: Number(row), column: 0, rows: 1, columns: this.context.model.size(this.sheet).columns });
    else if (column !== undefined) this.selectArea({ sheet: this.sheet, row: 0, column: Number(column), rows: this.context.model.size(this.sheet).rows, columns: 1 });
  }
}
