/** What stays in sight on every step: the sentences to type, who looks at whom, and what the last edit changed. */

import type { Place } from "../model.js";
import { cellOf, shortName, type Context, type Part } from "./context.js";
import { h } from "./dom.js";
import { attentionLines, type Lines } from "./lines.js";
import { mainLayer, madeFrom, type Layer } from "./weights.js";

/** More sentences than these are no line at the top any more. */
const MOST_SENTENCES = 2;

export class Pinned implements Part {
  readonly element: HTMLElement;
  private readonly lines: Lines | null;
  private readonly fields: { number: number; field: HTMLInputElement }[];

  /** `status` says what the last edit changed. */
  constructor(
    private readonly context: Context,
    status: HTMLElement,
  ) {
    const layer = mainLayer(context);
    this.lines = layer ? attentionLines(context, layer.heads[0]!.weights) : null;
    this.fields = sentences(context, layer).map((number) => ({ number, field: this.field(number) }));
    const labelled = this.fields.map(({ number, field }) => h("label", {}, title(context, number), field));
    this.element = h("section", { class: "pinned", "aria-label": context.say("pinned"), data: { part: "pinned" } }, ...labelled, this.written(), this.lines?.element, status);
    this.changed();
  }

  changed(): void {
    for (const { number, field } of this.fields) {
      if (!field.matches(":focus")) field.value = this.text(number);
    }
    this.lines?.draw();
  }

  /** One line for all words of a block. */
  private field(number: number): HTMLInputElement {
    const { context } = this;
    const field = h("input", { class: "sentence", spellcheck: "false", autocomplete: "off", dir: "auto" });
    const enter = (): void => {
      if (field.value.trim() === this.text(number)) return;
      context.change(() => context.model.typeLine(this.first(number), field.value));
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") field.value = this.text(number);
      if (event.key === "Enter") enter();
      else return;
      event.preventDefault();
    });
    field.addEventListener("change", enter);
    field.addEventListener("focus", () => context.select(this.first(number)));
    return field;
  }

  private first(number: number): Place {
    return cellOf(this.context.model.payload.blocks[number]!, 0, 0, 0);
  }

  private text(number: number): string {
    const { model } = this.context;
    const block = model.payload.blocks[number]!;
    const words = Array.from({ length: block.rows }, (_, row) => model.value(cellOf(block, 0, row, 0)));
    return words.filter((word) => word !== null && word !== "").join(" ");
  }

  /** The sentence that the book writes. */
  private written(): HTMLElement | null {
    const { blocks } = this.context.model.payload;
    const number = blocks.findIndex((block) => block.kind === "computed" && block.numberFormat === "sentence");
    if (number < 0) return null;
    const text = h("output", { class: "written", dir: "auto" });
    this.context.painter.add(text, this.first(number));
    return h("p", { class: "writes" }, h("span", { class: "quiet small" }, title(this.context, number)), text);
  }
}

const title = (context: Context, number: number): string => {
  const block = context.model.payload.blocks[number]!;
  return block.title || shortName(block.name).replaceAll("_", " ");
};

/** The columns of words that the attention is made from; in a book without attention all of them. */
export function sentences(context: Context, layer: Layer | undefined): number[] {
  const { blocks } = context.model.payload;
  const found = blocks.flatMap(({ kind, numberFormat, rows, columns }, i) => (kind === "input" && numberFormat === "word" && columns === 1 && rows > 1 ? [i] : []));
  if (!layer) return found.slice(0, MOST_SENTENCES);
  // The nearest come first; what is added on the way is visited, too.
  const behind = new Set(layer.blocks);
  for (const number of behind) for (const before of madeFrom(context, number)) behind.add(before);
  return found.filter((number) => behind.has(number)).slice(0, MOST_SENTENCES);
}
