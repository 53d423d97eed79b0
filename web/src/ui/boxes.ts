/** What is drawn in cells: the map of the Transformer as boxes, and a stage whose blocks are rows of a table. */

import type { CellBlockData, SheetData } from "../format.js";
import type { Area } from "../model.js";
import { cellOf, type Context } from "./context.js";
import { button, h } from "./dom.js";
import { withRole } from "./roles.js";
import type { Stage } from "./story.js";

const BOXES = /^(box|arrow|caption)/;

/** The boxes of a sheet as a grid; null where it has none. */
export function drawing(context: Context, stage: Stage): HTMLElement | null {
  const { payload } = context.model;
  const sheet = payload.sheets[stage.sheet]!;
  const [first, last] = rowsOf(context, stage);
  const boxes = sheet.cellBlocks.filter((cellBlock) => BOXES.test(payload.styles[cellBlock.s]!) && cellBlock.at[0] >= first && cellBlock.at[0] < last);
  if (!boxes.length) return null;
  const top = Math.min(...boxes.map((cellBlock) => cellBlock.at[0]));
  const left = Math.min(...boxes.map((cellBlock) => cellBlock.at[1]));
  const cells = boxes.map((cellBlock) => box(context, cellBlock, top, left));
  const leads = boxes.some((cellBlock) => goal(context, cellBlock));
  const rows = Math.max(...boxes.map((cellBlock) => cellBlock.at[0] + cellBlock.at[2])) - top;
  const columns = Math.max(...boxes.map((cellBlock) => cellBlock.at[1] + cellBlock.at[3])) - left;
  return h(
    "div",
    { class: "boxes", role: leads ? "group" : "img", "aria-label": texts(boxes).join(", ") },
    h("div", { class: "boxgrid", style: { "--rows": rows, "--columns": columns } }, ...cells),
  );
}

/** The rows of a stage: from its heading to the next one on its sheet. */
function rowsOf(context: Context, stage: Stage): [number, number] {
  const { stages } = context.model.payload;
  const first = stages[stage.index]?.row ?? 0;
  const after = stages.filter((other) => other.sheet === stage.sheet && other.row > first).map((other) => other.row);
  return [first, Math.min(Infinity, ...after)];
}

const texts = (cellBlocks: CellBlockData[]): string[] =>
  cellBlocks.flatMap((cellBlock) => (cellBlock.v ?? []).map(String)).filter((text) => text.length > 1);

function box(context: Context, cellBlock: CellBlockData, top: number, left: number): HTMLElement {
  const [row, column, rows, columns] = cellBlock.at;
  const text = String(cellBlock.v?.[0] ?? "");
  const to = goal(context, cellBlock);
  const look = { class: `t-${context.model.payload.styles[cellBlock.s]!}`, style: { "grid-area": `${row - top + 1} / ${column - left + 1} / span ${rows} / span ${columns}` } };
  return to ? button(text, () => context.go(to), look) : h("div", look, text);
}

/** Where a click on a box goes: its own cells, or for the marked box the weights of the book. */
function goal(context: Context, { go, s }: CellBlockData): Area | null {
  const { blocks, styles } = context.model.payload;
  if (go) return context.model.find(go);
  const [main] = styles[s] === "box_here" ? withRole(blocks, "blend") : [];
  return main === undefined ? null : { ...cellOf(blocks[main]!, 0, 0, 0), rows: 1, columns: 1 };
}

/** Rows of a table: the label, and one cell for each heading. */
export function tableRows(context: Context, stage: Stage): HTMLElement {
  const { payload } = context.model;
  const sheet = payload.sheets[stage.sheet]!;
  const labels = rowTexts(sheet, payload.styles.indexOf("table_label"));
  const heads = sheet.cellBlocks.filter((cellBlock) => cellBlock.s === payload.styles.indexOf("table_head")).sort((a, b) => a.at[1] - b.at[1]);
  const rows = new Map<number, HTMLElement[]>();
  for (const number of stage.blocks) {
    const block = payload.blocks[number]!;
    const [row, column] = block.matrices[0]!;
    const cell = h("td", { role: "gridcell", tabindex: -1, class: `look-${block.numberFormat}`, data: { cell: "" } });
    context.painter.add(cell, { sheet: stage.sheet, row, column });
    rows.set(row, [...(rows.get(row) ?? []), cell]);
  }
  const body = [...rows].map(([row, cells]) => h("tr", { role: "row" }, h("th", { role: "rowheader", scope: "row" }, labels.get(row) ?? ""), ...cells));
  const table = h(
    "table",
    { class: "rowtable", role: "grid", "aria-label": stage.title },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads.map((cellBlock) => h("th", { role: "columnheader", scope: "col" }, String(cellBlock.v?.[0] ?? ""))))),
    h("tbody", { role: "rowgroup" }, ...body),
  );
  table.querySelector("[data-cell]")?.setAttribute("tabindex", "0");
  return h("div", { class: "scroller" }, table);
}

function rowTexts(sheet: SheetData, style: number): Map<number, string> {
  return new Map(sheet.cellBlocks.filter((cellBlock) => cellBlock.s === style).map((cellBlock) => [cellBlock.at[0], String(cellBlock.v?.[0] ?? "")]));
}
