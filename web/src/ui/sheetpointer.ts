/** The pointer on the sheet: select by press and drag, whole lines by their headings, fill by the corner. */

import type { Area, Place } from "../model.js";
import type { Context } from "./context.js";
import { areaOf, filledTo, type Range, rangeOf } from "./range.js";

/** What the pointer needs of the sheet in front. */
export interface PointedSheet {
  readonly context: Context;
  readonly grid: HTMLElement;
  readonly sheet: number;
  readonly range: Range;
  /** The cell under the pointer. */
  cellAt(event: PointerEvent): Place;
  /** The cell that stands for a merged rectangle. */
  start(at: Place): Place;
  activate(at: Place, extend?: boolean): void;
  /** Another range with the same selected cell. */
  stretch(range: Range): void;
  selectArea(area: Area): void;
}

export function sheetPointer(view: PointedSheet): void {
  view.grid.addEventListener("pointerdown", (event) => {
    const target = event.target as Element;
    if (event.button !== 0 || target.closest(".editing, .sheetchart")) return;
    const head = target.closest<HTMLElement>(".sheethead");
    if (target.closest(".handle")) pressHandle(view, event);
    else if (head) pressHeading(view, head);
    else press(view, event);
  });
}

function press(view: PointedSheet, event: PointerEvent): void {
  const at = view.start(view.cellAt(event));
  view.grid.focus({ preventScroll: true });
  view.activate(at, event.shiftKey);
  // A touch scrolls; only a mouse or pen draws a range.
  if (event.pointerType === "touch") return;
  drag(view, event, (to) => {
    const { anchor, active } = view.range;
    if (to.row !== active.row || to.column !== active.column) view.stretch({ anchor, active: to });
  });
}

/** The corner of the frame: the range is filled as far as it is drawn, in one direction. */
function pressHandle(view: PointedSheet, event: PointerEvent): void {
  const from = areaOf(view.range);
  const end = (): void => {
    const to = areaOf(view.range);
    view.selectArea(to);
    if (to.rows * to.columns > from.rows * from.columns) view.context.change(() => view.context.model.fill(from, to));
  };
  drag(view, event, (to) => view.stretch(rangeOf(filledTo(from, to))), end);
}

/** Follow the pointer until it is let go; what the browser takes away, as for scrolling, ends without an effect. */
function drag(view: PointedSheet, event: PointerEvent, moved: (to: Place) => void, ended = (): void => {}): void {
  const { grid } = view;
  event.preventDefault();
  const ending = new AbortController();
  const { signal } = ending;
  grid.setPointerCapture(event.pointerId);
  grid.addEventListener("pointermove", (next) => moved(view.cellAt(next)), { signal });
  grid.addEventListener("pointercancel", () => ending.abort(), { signal });
  grid.addEventListener(
    "pointerup",
    () => {
      ending.abort();
      ended();
    },
    { signal },
  );
}

function pressHeading(view: PointedSheet, { dataset: { row, column } }: HTMLElement): void {
  const { sheet } = view;
  const { rows, columns } = view.context.model.size(sheet);
  view.grid.focus({ preventScroll: true });
  if (row !== undefined) view.selectArea({ sheet, row: Number(row), column: 0, rows: 1, columns });
  else if (column !== undefined) view.selectArea({ sheet, row: 0, column: Number(column), rows, columns: 1 });
}
