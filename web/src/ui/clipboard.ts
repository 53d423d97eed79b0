/** Copy, cut and paste: to and from spreadsheet programs as text, and within the page with formulas. */

import type { Area, Place } from "../model.js";
import type { Context } from "./context.js";
import { readTsv, writeTsv } from "./tsv.js";

/** Listen for the clipboard while something in `root` has the keyboard; gives the function that ends it. */
export function clipboard(now: () => Context, root: HTMLElement, selected: () => Area): () => void {
  let last: { text: string; area: Area } | null = null;
  const ours = (event: Event): boolean => {
    const active = (root.getRootNode() as Document | ShadowRoot).activeElement;
    if (event.defaultPrevented || !active || !root.contains(active)) return false;
    return active.matches(".sheetbody, [data-cell]");
  };
  const copy = (event: ClipboardEvent): void => {
    if (!ours(event) || String(document.getSelection())) return;
    const context = now();
    const area = selected();
    const text = writeTsv(context.model.texts(area));
    last = { text, area };
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    context.announce(context.say("copied", area.rows * area.columns));
    if (event.type === "cut") context.setMany(places(area).map((at) => ({ ...at, text: "" })));
  };
  const paste = (event: ClipboardEvent): void => {
    if (!ours(event)) return;
    event.preventDefault();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text) return;
    const context = now();
    const to = selected();
    const own = last && normal(last.text) === normal(text) ? last.area : null;
    const rows = readTsv(text);
    const size = { rows: rows.length, columns: Math.max(...rows.map((row) => row.length)) };
    const done = context.change(() =>
      own ? context.model.copy(own, tiled(to, size)) : context.model.paste(to, spread(rows, to, size)),
    );
    if (done) context.announce(context.say("pasted", size.rows * size.columns));
  };
  document.addEventListener("copy", copy);
  document.addEventListener("cut", copy);
  document.addEventListener("paste", paste);
  return () => {
    document.removeEventListener("copy", copy);
    document.removeEventListener("cut", copy);
    document.removeEventListener("paste", paste);
  };
}

const normal = (text: string): string => text.replaceAll("\r\n", "\n").replace(/\n$/, "");

/** The selected rectangle where it is a multiple of what is pasted, else just its size. */
function tiled(to: Area, size: { rows: number; columns: number }): Area {
  const fits = to.rows % size.rows === 0 && to.columns % size.columns === 0;
  return fits ? to : { ...to, ...size };
}

/** One value pasted into a larger selection goes into all of it, as in Excel. */
function spread(rows: string[][], to: Area, size: { rows: number; columns: number }): string[][] {
  const area = tiled(to, size);
  return Array.from({ length: area.rows }, (_, row) =>
    Array.from({ length: area.columns }, (_, column) => rows[row % size.rows]?.[column % size.columns] ?? ""),
  );
}

const places = (area: Area): Place[] =>
  Array.from({ length: area.rows * area.columns }, (_, i) => ({
    sheet: area.sheet,
    row: area.row + Math.floor(i / area.columns),
    column: area.column + (i % area.columns),
  }));
