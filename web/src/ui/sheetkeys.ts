/** The keys of the sheet: walk, select, edit, empty, fill. */

import type { Area, Place } from "../model.js";
import type { Context } from "./context.js";
import { areaOf, jump, type Range, step } from "./range.js";

const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** What the keys need of the sheet in front. */
export interface KeyedSheet {
  readonly context: Context;
  readonly grid: HTMLElement;
  readonly sheet: number;
  readonly range: Range;
  readonly size: { rows: number; columns: number };
  readonly pageRows: number;
  activate(at: Place, extend?: boolean): void;
  activateSheet(number: number): void;
  selectArea(area: Area): void;
}

export function sheetKeys(view: KeyedSheet): void {
  view.grid.addEventListener("keydown", (event) => {
    if (event.target !== view.grid || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const done = walk(view, event, control) || (control ? command(view, event) : typed(view, event));
    if (done) event.preventDefault();
  });
}

function walk(view: KeyedSheet, event: KeyboardEvent, control: boolean): boolean {
  const to = target(view, event, control);
  if (to) view.activate(to, event.shiftKey);
  return to !== null;
}

function target(view: KeyedSheet, event: KeyboardEvent, control: boolean): Place | null {
  const { model } = view.context;
  // Shift moves the other end; without it the walk goes on from where the range began.
  const at = event.shiftKey ? view.range.active : view.range.anchor;
  const arrow = ARROWS[event.key];
  if (arrow) {
    const filled = (place: Place): boolean => (model.value(place) ?? "") !== "";
    return control ? jump(at, ...arrow, view.size, filled) : step(at, ...arrow, view.size);
  }
  const used = model.size(view.sheet);
  switch (event.key) {
    case "Home":
      return { ...at, row: control ? 0 : at.row, column: 0 };
    case "End":
      return { ...at, row: control ? Math.max(0, used.rows - 1) : at.row, column: Math.max(0, used.columns - 1) };
    case "PageDown":
      return control ? null : step(at, view.pageRows, 0, view.size);
    case "PageUp":
      return control ? null : step(at, -view.pageRows, 0, view.size);
    default:
      return null;
  }
}

function command(view: KeyedSheet, event: KeyboardEvent): boolean {
  const { model } = view.context;
  switch (event.key.toLowerCase()) {
    case "a":
      view.selectArea({ sheet: view.sheet, row: 0, column: 0, ...model.size(view.sheet) });
      return true;
    case "f":
      view.context.seek();
      return true;
    case "d":
      fill(view, true);
      return true;
    case "r":
      fill(view, false);
      return true;
    case "pagedown":
      view.activateSheet(view.sheet + 1);
      return true;
    case "pageup":
      view.activateSheet(view.sheet - 1);
      return true;
    default:
      return false;
  }
}

function typed(view: KeyedSheet, event: KeyboardEvent): boolean {
  const { context } = view;
  if (event.key === "Enter" || event.key === "F2") context.edit();
  else if (event.key === "Delete" || event.key === "Backspace") empty(view);
  else if (event.key.length === 1) context.edit(event.key);
  else return false;
  return true;
}

function empty(view: KeyedSheet): void {
  const area = areaOf(view.range);
  const edits = cells(area)
    .filter((at) => (view.context.model.value(at) ?? "") !== "")
    .map((at) => ({ ...at, text: "" }));
  if (edits.length && view.context.setMany(edits)) view.context.announce(view.context.say("cleared", edits.length));
}

/** Fill the selected rectangle from its first row (or column); of one cell, from the one before it. */
function fill(view: KeyedSheet, down: boolean): void {
  const { context } = view;
  const area = areaOf(view.range);
  const one = down ? area.rows === 1 : area.columns === 1;
  const before = down ? area.row - 1 : area.column - 1;
  if (one && before < 0) return;
  const from: Area = down
    ? { ...area, row: one ? before : area.row, rows: 1 }
    : { ...area, column: one ? before : area.column, columns: 1 };
  if (context.change(() => context.model.fill(from, area))) context.announce(context.say("filled", area.rows * area.columns));
}

function cells(area: Area): Place[] {
  return Array.from({ length: area.rows * area.columns }, (_, i) => ({
    sheet: area.sheet,
    row: area.row + Math.floor(i / area.columns),
    column: area.column + (i % area.columns),
  }));
}
