/** The body of a stage: its sentence, its pictures, and its blocks along the equation. */

import type { BlockData, ChartData } from "../format.js";
import { sheetTitle } from "../languages.js";
import type { Change, Place, Standing } from "../model.js";
import { blockTable } from "./blocktable.js";
import { drawing, tableRows } from "./boxes.js";
import { cellOf, shortName, type Context, type Part } from "./context.js";
import { button, h, type Child } from "./dom.js";
import { arrange, isProduct, MOST_CELLS, type Item, type Meeting, type Operand, type Shown } from "./equation.js";
import { lineChart } from "./linechart.js";
import { attentionLines, type Lines } from "./lines.js";
import { math } from "./mathml.js";
import type { Stage } from "./story.js";
import { prose, turner } from "./turn.js";
import { isWeights, weightsOf } from "./weights.js";
import { WordMap } from "./wordmap.js";

export interface Built {
  elements: HTMLElement[];
  parts: Part[];
}

export function stageBody(context: Context, stage: Stage): Built {
  const parts: Part[] = [];
  const elements: HTMLElement[] = [];
  if (stage.text) elements.push(h("p", { class: "stagetext", dir: "auto" }, ...prose(context, stage.text, stage.blocks, parts)));
  const charts = pictures(context, stage, parts);
  const lines = stage.table ? [tableRows(context, stage)] : linesOfBlocks(context, stage, parts);
  // Where there is room the pictures stand beside the blocks.
  if (charts.length) elements.push(h("div", { class: "pictured" }, ...charts, lines.length ? h("div", { class: "lineset" }, ...lines) : null));
  else elements.push(...lines);
  const boxes = drawing(context, stage);
  if (boxes) elements.push(boxes);
  return { elements, parts };
}

function pictures(context: Context, stage: Stage, parts: Part[]): HTMLElement[] {
  const charts = context.model.payload.sheets[stage.sheet]!.charts.filter((chart) => chart.stage === stage.index);
  // Here lines between words stand beside the table of their weights.
  return charts.filter((chart) => chart.kind !== "looks").map((chart) => {
    const drawn = picture(context, chart, stage.sheet);
    parts.push(drawn);
    return drawn.element;
  });
}

/** A chart of the book as a picture that follows its cells. */
export function picture(context: Context, chart: ChartData, sheet: number): Part & { element: HTMLElement } {
  if (chart.kind === "words") return new WordMap(context, chart);
  if (chart.kind === "lines") return lineChart(context, chart, sheet);
  const lines = attentionLines(context, weightsOf(context, chart.block!, 0));
  const element = h("figure", { class: "chartbox" }, h("figcaption", {}, chart.title), lines.element);
  return { element, changed: (change: Change) => (change.changed.length ? lines.draw() : undefined) };
}

function linesOfBlocks(context: Context, stage: Stage, parts: Part[]): HTMLElement[] {
  const { blocks } = context.model.payload;
  const laidOut = (numbers: number[]): HTMLElement[] =>
    arrange(blocks, numbers, (number) => operandsOf(context, number), stage.blocks).map((line) => h("div", { class: "equationline" }, ...units(context, line, parts)));
  const isWorking = (number: number): boolean => blocks[number]!.workings === 1;
  const told = laidOut(stage.blocks.filter((number) => !isWorking(number)));
  const workings = stage.blocks.filter(isWorking);
  if (!workings.length) return told;
  return [...told, h("details", { class: "workings" }, h("summary", {}, context.say("workings")), ...laidOut(workings))];
}

/** A sign goes with what stands behind it: at the end of a line it would point at nothing. */
function units(context: Context, line: Item[], parts: Part[]): HTMLElement[] {
  const found: HTMLElement[] = [];
  line.forEach((item, i) => {
    if (item.kind === "sign") return;
    const shown = element(context, item, parts);
    const before = line[i - 1];
    found.push(before?.kind === "sign" ? h("div", { class: shown.classList.contains("named") ? "unit named" : "unit" }, sign(context, before.sign, item), shown) : shown);
  });
  return found;
}

/** At half the height of the matrix behind it. */
function sign(context: Context, text: string, shown: Shown | Meeting): HTMLElement {
  const { block, ...item } = shown.kind === "meeting" ? { ...shown, block: shown.columns[0]!.block } : shown;
  const { rows, columns, matrices, numberFormat } = context.model.payload.blocks[block]!;
  const named = item.kind === "again" && rows * columns * matrices.length > MOST_CELLS;
  const high = named ? 1.8 : item.kind === "again" && item.turned ? (item.columns?.[1] ?? columns) : item.kind === "again" ? (item.rows?.[1] ?? rows) : rows;
  return h("span", { class: "sign", "aria-hidden": "true", style: { "--rows": numberFormat === "sentence" ? 1.5 : Math.min(high, 12) } }, text);
}

/** The blocks that a block's first cell is computed from, in the order of its formula. */
function operandsOf(context: Context, number: number): Operand[] {
  const block = context.model.payload.blocks[number]!;
  if (block.kind !== "computed") return [];
  const areas = context.model.precedents(cellOf(block, 0, 0, 0));
  const found = new Map<number, Operand>();
  for (const area of areas) {
    const standing = context.model.block(area);
    if (!standing || standing.block === number || found.has(standing.block)) continue;
    found.set(standing.block, { block: standing.block, turned: turned(block, found.size, area), ...part(block, standing, area) });
  }
  return [...found.values()];
}

/** A head of a product reads some columns only, or some rows. */
function part(block: BlockData, at: Standing, area: { rows: number; columns: number }): Partial<Operand> {
  if (!isProduct(block)) return {};
  return area.rows === 1 ? { columns: [at.column, area.columns] } : { rows: [at.row, area.rows] };
}

/** A product reads the first operand by rows and the second by columns; what lies otherwise is turned. */
function turned(block: BlockData, place: number, area: { rows: number; columns: number }): boolean {
  if (!isProduct(block) || area.rows * area.columns === 1) return false;
  return place === 0 ? area.rows > 1 : area.columns > 1;
}

function element(context: Context, item: Shown | Meeting, parts: Part[]): HTMLElement {
  if (item.kind === "meeting") return meeting(context, item, parts);
  if (item.kind === "again") return again(context, item);
  return card(context, item.block, parts);
}

/** Left operand and products side by side, over each product what it reads by columns; cells stand in line. */
function meeting(context: Context, { left, columns }: Meeting, parts: Part[]): HTMLElement {
  const { blocks } = context.model.payload;
  const pairs = columns.map(({ over, block }) =>
    h("div", { class: "pair", style: { "--columns": Math.max(blocks[over]!.columns, blocks[block]!.columns) } }, card(context, over, parts), card(context, block, parts)),
  );
  return h("div", { class: "meeting" }, left ? h("div", { class: "rows" }, element(context, left, parts)) : null, ...pairs);
}

/** A block that stands elsewhere, shown once more because an equation reads it. */
function again(context: Context, operand: Operand): HTMLElement {
  const block = context.model.payload.blocks[operand.block]!;
  const go = button(shortName(block.name) + (operand.turned ? "ᵀ" : ""), () => context.go(cellOf(block, 0, 0, 0)), {
    class: "cardname link",
    title: context.say("earlier", place(context, block)),
  });
  const small = block.rows * block.columns * block.matrices.length <= MOST_CELLS;
  const [rows, columns] = operand.turned ? [block.columns, block.rows] : [block.rows, block.columns];
  const tables = small
    ? block.matrices.map((_, matrix) => blockTable(context, operand.block, matrix, operand))
    : [h("p", { class: "quiet small" }, `${rows} × ${columns}`)];
  const title = operand.turned ? context.say("turned") : undefined;
  return h("div", { class: small ? "card again" : "card again named", title }, h("div", { class: "cardhead" }, go), ...tables);
}

const place = (context: Context, block: BlockData): string =>
  (context.model.payload.stages[block.stage]?.title ?? sheetTitle(context.model.payload.sheets[block.sheet]!)).replace(/\s{2,}/, " ");

/** A block: its name and equation, its sentence, and its matrices. */
export function card(context: Context, number: number, parts: Part[], level: "h3" | "h4" = "h4"): HTMLElement {
  const block = context.model.payload.blocks[number]!;
  const matrices = block.matrices.map((_, matrix) => matrixPart(context, number, matrix, parts));
  const turn = turner(context, number);
  if (turn) parts.push(turn);
  const looks = `card kind-${block.kind} is-${block.numberFormat}${block.note.length > 44 ? " noted" : ""}`;
  const note = block.note ? h("p", { class: "note", dir: "auto" }, block.note) : null;
  return h("div", { class: looks }, block.numberFormat === "message" ? null : head(block, level), markOf(context, block), note, turn?.element, ...matrices);
}

/** What the exercise says of a blank, live. */
function markOf(context: Context, { mark }: BlockData): HTMLElement | null {
  if (!mark) return null;
  const shown = h("p", { class: "look-verdict marked", dir: "auto" });
  context.painter.add(shown, { sheet: mark[0], row: mark[1], column: mark[2] });
  return shown;
}

/** Its title in plain words, below it small what formulas call it and its equation; or these alone. */
function head(block: BlockData, level: "h3" | "h4"): HTMLElement {
  const { title } = block;
  const code = [
    h("span", { class: "cardname" }, shortName(block.name)),
    block.equation ? h("span", { class: "cardequation" }, " = ", math(block.equation)) : null,
  ];
  if (!title) return h("div", { class: "cardhead" }, ...code);
  return h("div", { class: "cardhead" }, h(level, { dir: "auto" }, title), h("p", { class: "codeline" }, ...code));
}

function matrixPart(context: Context, number: number, matrix: number, parts: Part[]): Child {
  const block = context.model.payload.blocks[number]!;
  const name = block.matrixNames[matrix];
  const table = blockTable(context, number, matrix);
  const shown = name ? h("div", { class: "matrix" }, h("p", { class: "matrixname" }, name), table) : table;
  if (!isWeights(block)) return shown;
  const lines = attentionLines(context, weightsOf(context, number, matrix));
  parts.push(follow(context, lines, table, number, matrix));
  return h("div", { class: "withlines" }, shown, lines.element);
}

/** Pointing at a row of the table, or selecting a cell of it, shows only the lines of that row. */
function follow(context: Context, lines: Lines, table: HTMLElement, number: number, matrix: number): Part {
  const selectedRow = (): number => {
    const standing = context.model.block(context.selection);
    return standing?.block === number && standing.matrix === matrix ? standing.row : -1;
  };
  const rowAt = (target: EventTarget | null): number => {
    const cell = target instanceof Element ? target.closest("tr")?.querySelector("[data-cell]") : null;
    return context.model.block(context.painter.placeOf(cell ?? null) ?? NOWHERE)?.row ?? selectedRow();
  };
  table.addEventListener("pointerover", (event) => lines.point(rowAt(event.target)));
  table.addEventListener("pointerleave", () => lines.point(selectedRow()));
  lines.point(selectedRow());
  return {
    selected: () => lines.point(selectedRow()),
    changed: (change: Change) => {
      if (change.changed.length) lines.draw();
    },
  };
}

const NOWHERE: Place = { sheet: -1, row: -1, column: -1 };

