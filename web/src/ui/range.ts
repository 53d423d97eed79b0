/** The selected rectangle of a sheet: where it began, and the active cell at its other end. */

import type { Area, Place } from "../model.js";

export interface Range {
  anchor: Place;
  active: Place;
}

/** The rectangle between both ends. */
export function areaOf({ anchor, active }: Range): Area {
  const row = Math.min(anchor.row, active.row);
  const column = Math.min(anchor.column, active.column);
  return {
    sheet: active.sheet,
    row,
    column,
    rows: Math.abs(anchor.row - active.row) + 1,
    columns: Math.abs(anchor.column - active.column) + 1,
  };
}

/** One step further, but not off the sheet. */
export function step(at: Place, rows: number, columns: number, size: { rows: number; columns: number }): Place {
  return {
    sheet: at.sheet,
    row: Math.max(0, Math.min(size.rows - 1, at.row + rows)),
    column: Math.max(0, Math.min(size.columns - 1, at.column + columns)),
  };
}

/** As Ctrl with an arrow goes: to the end of the filled cells, or to the next filled one. */
export function jump(
  at: Place,
  rows: number,
  columns: number,
  size: { rows: number; columns: number },
  filled: (at: Place) => boolean,
): Place {
  let here = at;
  let next = step(here, rows, columns, size);
  const inside = filled(here) && filled(next);
  while (next.row !== here.row || next.column !== here.column) {
    if (inside && !filled(next)) return here;
    here = next;
    if (!inside && filled(here)) return here;
    next = step(here, rows, columns, size);
  }
  return here;
}
