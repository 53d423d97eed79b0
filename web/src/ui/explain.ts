/** The one box that tells the selected cell: in words, in worked arithmetic, and where it leads. */

import { CellError, type Area, type Place } from "../model.js";
import { brief, fixed, numberFormatOf, percent, shown, showsShares } from "./display.js";
import { cellOf, samePlace, shortName, type Context, type Part } from "./context.js";
import { button, h, type Child } from "./dom.js";
import { isAttention } from "./roles.js";
import { worked } from "./worked.js";

/** Blocks that a cell goes into can be many; these are enough to follow. */
const MOST_BLOCKS = 6;

export class Explain implements Part {
  readonly element: HTMLElement;
  private readonly body = h("div", { class: "explainbody" });
  /** What the selected cell says, and what it said before the last change. */
  private last: { at: Place; text: string; change: string } | null = null;

  constructor(private readonly context: Context) {
    this.element = h(
      "section",
      { class: "explain", "aria-label": context.say("explain"), data: { part: "explain" } },
      h("h2", {}, context.say("explain")),
      this.body,
    );
  }

  selected(): void {
    const { model, selection } = this.context;
    const text = shown(model.value(selection), numberFormatOf(model.style(selection)), model.scale(selection));
    const same = this.last !== null && samePlace(this.last.at, selection);
    if (!same) this.last = { at: selection, text, change: "" };
    else if (text !== this.last!.text) this.last = { at: selection, text, change: `${this.last!.text || this.context.say("empty")} → ${text || this.context.say("empty")}` };
    this.body.replaceChildren(...(this.content().filter(Boolean) as Node[]));
  }

  changed(): void {
    this.selected();
  }

  private content(): Child[] {
    const { context } = this;
    const at = context.selection;
    const value = context.model.value(at);
    const formula = context.model.formula(at);
    if (value instanceof CellError) return [this.heading(), this.error(value), this.arithmetic(), this.code(formula), ...this.ways()];
    return [this.heading(), this.sentence(), this.arithmetic(), this.share(), this.code(formula), this.drawn(formula), ...this.ways()];
  }

  private heading(): Child {
    const { context } = this;
    const at = context.selection;
    return h(
      "p",
      { class: "where" },
      h("strong", {}, context.name(at)),
      " ",
      h("span", { class: "quiet" }, context.model.address(at, -1)),
      this.last?.change ? h("span", { class: "was" }, this.last.change) : null,
    );
  }

  private error(value: CellError): Child {
    return h("p", { class: "problem", role: "alert" }, h("strong", {}, value.code), " ", this.context.model.sentence(value));
  }

  /** The block's own sentence, then what the operation does, then what the reader may do. */
  private sentence(): Child {
    const { context } = this;
    const at = context.selection;
    const standing = context.model.block(at);
    if (!standing) {
      const value = context.model.value(at);
      if (context.model.formula(at)) return null;
      return h("p", {}, context.say(value === null || value === "" ? "emptyCell" : "aText"));
    }
    const block = context.model.payload.blocks[standing.block]!;
    const says: string[] = [block.note];
    if (block.kind === "input") says.push(context.say(context.model.choices(at) ? "youMayWord" : "youMay"));
    else if (block.kind === "parameter") says.push(context.say("learnedNumber"));
    else if (block.kind === "computed") says.push(context.operation(block.op));
    if (context.model.masked(at)) says.push(context.say("masked"));
    return h("p", {}, says.filter(Boolean).join(" "));
  }

  private arithmetic(): Child {
    const { context } = this;
    const at = context.selection;
    const text = worked(context.model, at);
    const value = context.model.value(at);
    if (!text) return null;
    const numberFormat = numberFormatOf(context.model.style(at));
    const exact = typeof value === "number" && !context.model.masked(at);
    const result = exact ? result3(value, numberFormat) : shown(value, numberFormat, context.model.scale(at));
    return h("p", { class: "worked", data: { part: "worked" } }, `${text} = `, h("strong", {}, result));
  }

  /** “feliz gives 92 % of its attention to happy” where the cell is attention; of another share how much it is. */
  private share(): Child {
    const { context } = this;
    const at = context.selection;
    const standing = context.model.block(at);
    const value = context.model.value(at);
    if (!standing || typeof value !== "number") return null;
    const block = context.model.payload.blocks[standing.block]!;
    if (!showsShares(block.numberFormat)) return null;
    const { row, column } = context.labels(at);
    if (isAttention(block) && block.columns > 1 && row && column) {
      return h("p", { class: "sharetext", data: { part: "attends" } }, ...emphasised(context.say("attends", "\u0001", "\u0002", "\u0003"), [row, percent(value), column]));
    }
    return h("p", { class: "sharetext" }, context.say("shareOf", percent(value)));
  }

  private code(formula: string): Child {
    return formula ? h("code", { class: "formula", "aria-label": this.context.say("formula") }, formula) : null;
  }

  private drawn(formula: string): Child {
    return /\bRAND\(/i.test(formula) ? h("p", { class: "quiet" }, this.context.say("drawn")) : null;
  }

  /** Buttons to the blocks that it is made from and goes into. */
  private ways(): Child[] {
    const { model } = this.context;
    const at = this.context.selection;
    return [
      this.way("comesFrom", "precedent", model.precedents(at)),
      this.way("goesTo", "dependent", model.dependents(at)),
    ];
  }

  private way(word: "comesFrom" | "goesTo", mark: string, areas: Area[]): Child {
    const { context } = this;
    const buttons = context.blocksIn(areas).map((number) => {
      const block = context.model.payload.blocks[number]!;
      const area = areas.find((one) => context.model.block(one)?.block === number);
      return button(shortName(block.name), () => context.go(area ?? cellOf(block, 0, 0, 0)), { class: `way ${mark}` });
    });
    if (!buttons.length) return null;
    const more = buttons.length > MOST_BLOCKS ? ` + ${buttons.length - MOST_BLOCKS}` : "";
    return h("p", { class: "ways" }, h("span", { class: "quiet" }, `${context.say(word)} `), ...buttons.slice(0, MOST_BLOCKS), more);
  }
}

/** The result with a digit more than the cell shows; a share as percent, too. */
function result3(value: number, numberFormat: string): string {
  if (numberFormat === "integer") return shown(value, numberFormat);
  const size = Math.abs(value);
  const text = size >= 1e6 || (size && size < 0.0005) ? brief(value) : fixed(value, 3);
  return showsShares(numberFormat) ? `${text} = ${percent(value)}` : text;
}

/** A sentence with some of its words set off: the places of \u0001, \u0002, \u0003. */
function emphasised(sentence: string, words: string[]): Child[] {
  return sentence.split(/([\u0001-\u0003])/).map((part) => {
    const at = part.charCodeAt(0) - 1;
    if (part.length !== 1 || at > 2 || at < 0) return part;
    return h(at === 1 ? "strong" : "em", { dir: "auto" }, words[at]);
  });
}
