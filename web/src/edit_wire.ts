/** What stands in edited cells, as the server and the notebook take it. */

import type { Edit, Model, Place } from "./model.js";
import { CellError, type Value } from "./model.js";
import { entryText } from "./entry.js";

/** A number, a word (never a formula), a truth value, nothing, or a formula without "=". */
export type Content = number | string | boolean | null | { formula: string; array?: [number, number] };

/** [name of the sheet, row, column, content]; rows and columns count from 0. */
export type CellEdit = [string, number, number, Content];

/** The cells of a page that differ from its book as it was written. */
export function contents(model: Model): CellEdit[] {
  return model.edits().map((at) => [model.payload.sheets[at.sheet]!.name, at.row, at.column, content(model, at)]);
}

function content(model: Model, at: Place): Content {
  const area = model.arrayArea(at);
  const formula = model.formula(at);
  if (area) return { formula: formula.slice(2, -1), array: [area.rows, area.columns] };
  if (formula) return { formula: formula.slice(1) };
  return plain(model.value(at));
}

function plain(value: Value): Content {
  return value instanceof CellError ? value.code : value;
}

/** Bring a page to these edits, from whatever stands on it; cells that have them already stay. */
export function apply(model: Model, edits: readonly CellEdit[]): void {
  const wanted = new Map(edits.map((edit) => [JSON.stringify(edit.slice(0, 3)), edit]));
  const stale = contents(model).some((edit) => !wanted.has(JSON.stringify(edit.slice(0, 3))));
  if (stale) model.reset();
  const standing = new Set(contents(model).map((edit) => JSON.stringify(edit)));
  const missing = edits.filter((edit) => !standing.has(JSON.stringify(edit)));
  if (missing.length) model.setMany(missing.map((edit) => typed(model, edit)));
}

function typed(model: Model, [name, row, column, content]: CellEdit): Edit {
  const sheet = model.payload.sheets.findIndex((sheet) => sheet.name === name);
  if (sheet < 0) throw new Error(`there is no sheet ${name}`);
  const [rows = 1, columns = 1] = (typeof content === "object" && content?.array) || [];
  return { sheet, row, column, text: text(content, model.translation.decimal), ...(rows * columns > 1 ? { over: { rows, columns } } : {}) };
}

function text(content: Content, decimal: string): string {
  if (content === null || typeof content !== "object") return entryText(content, decimal);
  return content.array ? `{=${content.formula}}` : `=${content.formula}`;
}
