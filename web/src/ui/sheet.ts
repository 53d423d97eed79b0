/** The sheet: the same cells as a grid. Only what is in sight is drawn. */

import type { ChartData, SheetData } from "../format.js";
import { sheetTitle } from "../languages.js";
import type { Area, Change, Place } from "../model.js";
import type { Context, Part } from "./context.js";
import { h, put, write } from "./dom.js";
import { areaOf, rangeOf, type Range } from "./range.js";
import { drawHeadings, drawn } from "./sheetdraw.js";
import { sheetKeys } from "./sheetkeys.js";
import { Layout, type Span } from "./sheetlayout.js";
import { quad, totals, type Quad } from "./sheetparts.js";
import { sheetPointer } from "./sheetpointer.js";
import { picture } from "./stage.js";
import { onTap } from "./tablekeys.js";

/** Empty rows and columns after the last used ones, to type into. */
const SPARE_ROWS = 30;
const SPARE_COLUMNS = 6;

export class SheetView implements Part {
  readonly element: HTMLElement;
  readonly grid: HTMLElement;
  sheet = 0;
  range: Range;
  layout!: Layout;
  merged: Area[] = [];
  private readonly quads: Record<Quad, HTMLElement>;
  private readonly tabs: HTMLElement;
  private readonly total = h("p", { class: "total", "aria-live": "polite" });
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
    this.tabs.addEventListener("keydown", (event) => this.walkTabs(event));
    this.grid.setAttribute("aria-description", context.say("keys"));
    this.grid.addEventListener("scroll", () => this.later(), { passive: true });
    this.grid.addEventListener("dblclick", () => context.edit());
    onTap(context, this.grid, () => this.range.anchor);
    sheetKeys(this);
    sheetPointer(this);
    this.show(context.selection.sheet);
  }

  /** It stands in the page now: only now has it a size. */
  shown(): void {
    this.layout.scrollTo(this.range.active);
    this.draw();
  }

  /** Draw another sheet. */
  show(number: number): void {
    const { payload } = this.context.model;
    this.sheet = number;
    const data = payload.sheets[number]!;
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
    this.layout.scrollTo(at);
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
    this.layout.scrollTo(at);
    this.draw();
  }

  selectArea(area: Area): void {
    this.range = rangeOf(area);
    this.context.select(this.range.anchor);
    this.draw();
  }

  /** A picture over the cells where the workbook has it. */
  private chart(chart: ChartData): { element: HTMLElement; part: Part } {
    const part = picture(this.context, chart, this.sheet);
    const [row, column, rows, columns] = chart.at;
    const style = this.layout.box({ row, column, rows, columns }, "body");
    return { part, element: h("div", { role: "row", "aria-rowindex": row + 1 }, h("div", { class: "sheetchart", role: "gridcell", style }, part.element)) };
  }

  changed(change: Change): void {
    for (const { part } of this.charts) part.changed?.(change);
    const { rows, columns } = this.context.model.size(this.sheet);
    const grown = rows > this.size.rows || columns > this.size.columns;
    const fresh = change.changed.some((at) => at.sheet === this.sheet && !this.find(at) && this.layout.isInSight(at));
    if (grown) this.measure();
    if (grown || fresh) this.draw();
    else this.tellActive();
  }

  get size(): { rows: number; columns: number } {
    return this.layout.size;
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
    const size = { rows: Math.max(used.rows, row + 1) + SPARE_ROWS, columns: Math.max(used.columns, column + 1) + SPARE_COLUMNS };
    this.layout = new Layout(this.grid, this.context.model.payload.sheets[this.sheet]!, size);
    this.grid.setAttribute("aria-rowcount", String(size.rows));
    this.grid.setAttribute("aria-colcount", String(size.columns));
    this.layout.spread(this.content);
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
    const [row, column] = this.layout.frozen;
    this.activate({ sheet: number, row, column });
  }

  private walkTabs(event: KeyboardEvent): void {
    const to = this.sheet + (event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0);
    if (to === this.sheet || !this.context.model.payload.sheets[to]) return;
    event.preventDefault();
    this.activateSheet(to);
    this.tabs.querySelectorAll("button")[to]?.focus();
  }

  private later(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  /** Draw what is in sight. */
  draw(): void {
    const sight = this.layout.sight();
    const [rows, columns] = this.layout.frozen.map((count): Span => [0, count - 1]) as [Span, Span];
    const parts = { body: sight, top: { ...sight, rows }, left: { ...sight, columns }, corner: { rows, columns } };
    for (const [name, part] of Object.entries(parts) as [Quad, typeof sight][]) this.quads[name].replaceChildren(...drawn(this, name, part));
    this.quads.body.append(...this.charts.map((chart) => chart.element));
    drawHeadings(this, this.quads, sight);
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

  /** The cell under the pointer, also an empty one. */
  cellAt(event: PointerEvent): Place {
    return { sheet: this.sheet, ...this.layout.cellAt(event) };
  }

  /** The cell that stands for a merged rectangle. */
  start(at: Place): Place {
    const area = this.merged.find((one) => at.row >= one.row && at.row < one.row + one.rows && at.column >= one.column && at.column < one.column + one.columns);
    return area ? { sheet: at.sheet, row: area.row, column: area.column } : at;
  }

  /** Another range with the same selected cell. */
  stretch(range: Range): void {
    this.range = range;
    this.draw();
  }
}
