/** The four views over one book, and the tabs that change between them. */

import type { Area, Change, Place } from "../model.js";
import { Cards } from "./cards.js";
import type { Context, Part } from "./context.js";
import { h } from "./dom.js";
import { MapView, wordMaps } from "./mapview.js";
import { Network } from "./network.js";
import { areaOf } from "./range.js";
import { SheetView } from "./sheet.js";
import { moveTo, tableKeys } from "./tablekeys.js";

export type ViewName = "lesson" | "sheet" | "map" | "network";

/** One view in front of the reader. */
export interface View extends Part {
  element: HTMLElement;
  reveal?(at: Place | Area): void;
  find?(at: Place): HTMLElement | null;
  /** The cell under the pointer where cells have no elements. */
  placeAt?(event: PointerEvent): Place | null;
  /** After an edit that ended with Enter or Tab. */
  move?(rows: number, columns: number): void;
  area?(): Area;
  /** The number of the step that stands at the top of the window. */
  readonly step?: number;
  toStep?(step: number): void;
  /** Before it goes to paper. */
  printed?(): void;
}

/** The views that a book has something for. */
export function viewsOf(context: Context): ViewName[] {
  const names: ViewName[] = ["lesson", "sheet"];
  if (wordMaps(context).length) names.push("map");
  if (Network.fits(context)) names.push("network");
  return names;
}

export function makeView(context: Context, name: ViewName): View {
  if (name === "sheet") return sheetView(new SheetView(context));
  if (name === "lesson") return withMoves(context, new Cards(context));
  const view: View = name === "map" ? new MapView(context) : new Network(context);
  tableKeys(context, view.element);
  view.find = (at) => context.painter.elements(at).find((element) => view.element.contains(element)) ?? null;
  view.reveal = (at) => view.find?.(at)?.focus();
  return withMoves(context, view);
}

/** After an edit the keyboard goes on within the table. */
function withMoves(context: Context, view: View): View {
  view.move = (rows, columns) => moveTo(view.find?.(context.selection) ?? null, rows, columns);
  return view;
}

function sheetView(view: SheetView): View {
  return {
    element: view.element,
    shown: () => view.shown(),
    reveal: (at) => view.reveal(at),
    find: (at) => view.find(at),
    placeAt: (event) => (view.content.contains(event.target as Node) ? view.cellAt(event) : null),
    changed: (change: Change) => view.changed(change),
    move: (rows, columns) => {
      const { row, column } = view.range.anchor;
      view.activate({ sheet: view.sheet, row: Math.max(0, row + rows), column: Math.max(0, column + columns) });
      view.grid.focus({ preventScroll: true });
    },
    area: () => areaOf(view.range),
  };
}

/** Tabs as WAI-ARIA wants them: arrows walk, one of them is a stop of the Tab key. */
export function tabs(context: Context, names: ViewName[], choose: (name: ViewName) => void): { element: HTMLElement; show(name: ViewName): void } {
  const buttons = names.map((name) =>
    h("button", { type: "button", role: "tab", id: context.id(`tab-${name}`), "aria-controls": context.id("sheetformer-view"), data: { view: name }, on: { click: () => choose(name) } }, context.say(name)),
  );
  const element = h("div", { class: "viewtabs", role: "tablist", "aria-label": context.say("views") }, ...buttons);
  element.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const next = step && buttons[(at + step + buttons.length) % buttons.length];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });
  const show = (shown: ViewName): void =>
    buttons.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(names[i] === shown));
      tab.tabIndex = names[i] === shown ? 0 : -1;
    });
  return { element, show };
}
