/** The network view: choose a layer and a head, see the attention as lines and as a heat map. */

import type { Context, Part } from "./context.js";
import { button, h, write } from "./dom.js";
import { attentionLines, type Lines } from "./lines.js";
import { overview } from "./overview.js";
import { Stepper } from "./stepper.js";
import { layers, mainLayer, type Layer, type Weights } from "./weights.js";

/** So many heads are shown at once, to be compared. */
const SIDE_BY_SIDE = 4;

export class Network implements Part {
  readonly element: HTMLElement;
  private readonly layers: Layer[];
  private readonly heads = h("div", { class: "heads", role: "group" });
  private readonly stage = h("div", { class: "networkbody stagehost" });
  private readonly stepper: Stepper | null;
  private layer: Layer;
  private drawn: Lines[] = [];
  /** What writes the words at the heat maps anew. */
  private labels: (() => void)[] = [];

  constructor(private readonly context: Context) {
    this.layers = layers(context);
    this.layer = mainLayer(context)!;
    this.heads.setAttribute("aria-label", context.say("head"));
    this.stepper = Stepper.of(context, (step) => this.point(step));
    const select = h("select", { on: { change: () => this.choose(this.layers[select.selectedIndex]!) } }, ...this.layers.map((layer) => h("option", {}, title(layer))));
    select.selectedIndex = this.layers.indexOf(this.layer);
    this.element = h(
      "div",
      { class: "network", data: { part: "network" } },
      overview(context),
      this.stepper?.element,
      h("div", { class: "choosers" }, h("label", {}, `${context.say("attention")} `, select), this.heads),
      this.stage,
    );
    this.choose(this.layer);
  }

  /** Whether a book has anything to show here. */
  static fits(context: Context): boolean {
    return layers(context).length > 0;
  }

  changed(): void {
    for (const lines of this.drawn) lines.draw();
    this.stepper?.draw();
    for (const label of this.labels) label();
  }

  private choose(layer: Layer): void {
    this.layer = layer;
    const many = layer.heads.length > 1;
    const names = layer.heads.map((head, i) => head.name || `${this.context.say("head")} ${i + 1}`);
    this.heads.hidden = !many;
    this.heads.replaceChildren(
      ...names.map((name, i) => button(name, () => this.show(i), { "aria-pressed": "false" })),
      ...(many ? [button(this.context.say("allHeads"), () => this.show(-1), { "aria-pressed": "false" })] : []),
    );
    this.show(many && layer.heads.length <= SIDE_BY_SIDE ? -1 : 0);
  }

  private show(head: number): void {
    [...this.heads.children].forEach((child, i) => child.setAttribute("aria-pressed", String(i === head || (head < 0 && i === this.layer.heads.length))));
    const shown = head < 0 ? this.layer.heads : [this.layer.heads[head]!];
    this.drawn = shown.map(({ weights }) => attentionLines(this.context, weights));
    this.labels = [];
    const first = Math.max(0, head);
    const many = this.layer.heads.length > 1;
    const named = (name: string, i: number): string => name || (many ? `${this.context.say("head")} ${first + i + 1}` : "");
    const panels = shown.map(({ name, weights }, i) => this.panel(named(name, i), weights, this.drawn[i]!));
    this.stage.replaceChildren(...panels);
    this.context.painter.sweep();
    if (this.stepper && this.layer.heads[0]!.weights.rows >= this.stepper.count) this.point(this.stepper.step);
  }

  private panel(name: string, weights: Weights, lines: Lines): HTMLElement {
    const { context } = this;
    const table = heatMap(context, weights, (label) => this.labels.push(label));
    table.addEventListener("pointerover", (event) => lines.point(rowUnder(event.target)));
    table.addEventListener("pointerleave", () => this.point(this.stepper?.step ?? -1));
    table.addEventListener("focusin", (event) => lines.point(rowUnder(event.target)));
    return h(
      "section",
      { class: "panel", "aria-label": name || title(this.layer) },
      h("div", {}, h("h3", {}, context.say("asLines")), lines.element),
      h("div", {}, h("h3", {}, name || context.say("asHeat")), h("div", { class: "scroller" }, table)),
    );
  }

  private point(row: number): void {
    for (const lines of this.drawn) lines.point(row);
    for (const line of this.stage.querySelectorAll<HTMLElement>("tbody tr")) line.classList.toggle("now", Number(line.dataset["row"]) === row);
  }
}

const title = (layer: Layer): string => (layer.stage ? `${layer.name} (${layer.stage})` : layer.name);

const rowUnder = (target: EventTarget | null): number => {
  const row = target instanceof Element ? target.closest<HTMLElement>("tr[data-row]") : null;
  return row ? Number(row.dataset["row"]) : -1;
};

/** The weights as coloured cells; each is the cell of the sheet itself. Rows and columns without a word are hidden. */
function heatMap(context: Context, weights: Weights, later: (label: () => void) => void): HTMLElement {
  const heads = Array.from({ length: weights.columns }, () => h("th", { scope: "col", role: "columnheader" }));
  const rows = Array.from({ length: weights.rows }, (_, row) => ({
    head: h("th", { scope: "row", role: "rowheader" }),
    cells: Array.from({ length: weights.columns }, (_, column) => heatCell(context, weights, row, column)),
  }));
  const lines = rows.map(({ head, cells }, row) => h("tr", { role: "row", data: { row } }, head, ...cells));
  const label = (): void => {
    const [down, across] = [lines.map((_, i) => weights.rowLabel(i)), heads.map((_, i) => weights.columnLabel(i))];
    rows.forEach(({ head, cells }, row) => {
      write(head, down[row]!);
      lines[row]!.hidden = !down[row];
      cells.forEach((cell, column) => (cell.hidden = !across[column]));
    });
    heads.forEach((head, column) => {
      write(head, across[column]!);
      head.hidden = !across[column];
    });
  };
  label();
  later(label);
  const table = h(
    "table",
    { class: "block look-share heatmap", role: "grid", "aria-label": weights.name },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, h("td", { role: "presentation", class: "corner" }), ...heads)),
    h("tbody", { role: "rowgroup" }, ...lines),
  );
  table.querySelector("[data-cell]")?.setAttribute("tabindex", "0");
  return table;
}

function heatCell(context: Context, weights: Weights, row: number, column: number): HTMLElement {
  const at = weights.at(row, column);
  if (!at) return h("td", { class: "none", role: "gridcell" });
  const cell = h("td", { role: "gridcell", tabindex: -1, data: { cell: "" } });
  context.painter.add(cell, at);
  return cell;
}
