/** Tables of cells by keyboard and mouse: walk, select, edit, empty. */

import type { Place } from "../model.js";
import { samePlace, type Context } from "./context.js";
import { put } from "./dom.js";

const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Let the cells of all tables in an element be selected and edited. */
export function tableKeys(context: Context, element: HTMLElement): void {
  element.addEventListener("focusin", (event) => focused(context, event.target as HTMLElement));
  // A name that nobody hears would not follow the numbers.
  element.addEventListener("focusout", (event) => (event.target as HTMLElement).closest?.("td[data-cell]")?.removeAttribute("aria-label"));
  element.addEventListener("keydown", (event) => key(context, event));
  element.addEventListener("dblclick", (event) => {
    if (context.painter.placeOf(event.target)) context.edit();
  });
  onTap(context, element, (target) => context.painter.placeOf(target));
}

/** A finger has no second click and no keys: a tap on a cell that is for the reader edits it. */
export function onTap(context: Context, element: HTMLElement, place: (target: EventTarget | null) => Place | null): void {
  element.addEventListener("click", (event) => {
    const at = place(event.target);
    if ((event as PointerEvent).pointerType !== "touch" || !at || !samePlace(at, context.selection)) return;
    // What is told of it stands at the lower end of a small screen: not over it.
    (event.target as Element).scrollIntoView({ block: "nearest", inline: "nearest" });
    if (context.model.isInput(at) && !(event.target as Element).closest(".editing")) context.edit();
  });
}

/** The cell that has the keyboard is the selected one, and its table's only stop of the Tab key. */
function focused(context: Context, cell: HTMLElement): void {
  const at = context.painter.placeOf(cell);
  if (!at || !cell.matches("td")) return;
  if (!samePlace(at, context.selection)) context.select(at);
  for (const other of cell.closest("table")?.querySelectorAll<HTMLElement>("[tabindex='0']") ?? []) other.tabIndex = -1;
  cell.tabIndex = 0;
  name(context, cell, at);
}

function name(context: Context, cell: HTMLElement, at: Place): void {
  put(cell, "aria-label", `${context.name(at)}: ${cell.textContent || context.say("emptyCell")}`);
}

/** The cell that has the keyboard is called what it says now. */
export function nameFocused(context: Context, root: HTMLElement): void {
  const cell = root.querySelector<HTMLElement>("td[data-cell]:focus");
  const at = context.painter.placeOf(cell);
  if (cell && at) name(context, cell, at);
}

function key(context: Context, event: KeyboardEvent): void {
  const cell = (event.target as Element).closest?.<HTMLElement>("td[data-cell]");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = ARROWS[event.key];
  if (step) neighbour(cell, step[0], step[1])?.focus();
  else if (event.key === "Enter" || event.key === "F2") context.edit();
  else if (event.key === "Delete" || event.key === "Backspace") context.set(context.selection, "");
  else if (event.key === "Home") rowOf(cell)[0]?.focus();
  else if (event.key === "End") rowOf(cell).at(-1)?.focus();
  else if (event.key.length === 1 && event.key !== " ") context.edit(event.key);
  else return;
  event.preventDefault();
}

const rowOf = (cell: HTMLElement): HTMLElement[] => [...(cell.parentElement?.querySelectorAll<HTMLElement>("td[data-cell]") ?? [])];

/** The cell beside this one in its table. */
function neighbour(cell: HTMLElement, rows: number, columns: number): HTMLElement | undefined {
  const row = cell.parentElement;
  const place = rowOf(cell).indexOf(cell);
  if (columns) return rowOf(cell)[place + columns];
  const other = rows > 0 ? row?.nextElementSibling : row?.previousElementSibling;
  return [...(other?.querySelectorAll<HTMLElement>("td[data-cell]") ?? [])][place];
}

/** Go to a cell beside one; without such a cell the keyboard stays where it is. */
export function moveTo(cell: HTMLElement | null, rows: number, columns: number): void {
  if (cell) (neighbour(cell, rows, columns) ?? cell).focus();
}
