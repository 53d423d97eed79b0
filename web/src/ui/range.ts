/** The selected rectangle of a sheet: the cell where it began, which is the selected one, and its other end. */

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

/** The range of a rectangle, begun at its first cell. */
export function rangeOf({ sheet, row, column, rows, columns }: Area): Range {
  return { anchor: { sheet, row, column }, active: { sheet, row: row + rows - 1, column: column + columns - 1 } };
}

/** A rectangle grown to a cell: down or up, or to the right or left, as it lies further out. */
export function filledTo(from: Area, to: Place): Area {
  const beyond = (at: number, first: number, length: number): number => Math.min(0, at - first) || Math.max(0, at - first - length + 1);
  const [down, right] = [beyond(to.row, from.row, from.rows), beyond(to.column, from.column, from.columns)];
  if (Math.abs(down) >= Math.abs(right)) return { ...from, row: from.row + Math.min(0, down), rows: from.rows + Math.abs(down) };
  return { ...from, column: from.column + Math.min(0, right), columns: from.columns + Math.abs(right) };
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
