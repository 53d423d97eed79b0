/** The formula bar: where the selection is, and what stands in it, to be changed. */

import type { Context, Part } from "./context.js";
import { h } from "./dom.js";
import { isArrayKey, WordList } from "./editor.js";
import { pointing } from "./formulahelp.js";

export class FormulaBar implements Part {
  readonly element: HTMLElement;
  private readonly where: HTMLInputElement;
  private readonly line: HTMLInputElement;

  private readonly names: WordList;
  /** The text that was looked for last. */
  private last = "";

  constructor(private readonly context: Context) {
    this.where = h("input", { class: "namebox", "aria-label": context.say("nameBox"), title: context.say("nameBox"), spellcheck: "false", autocomplete: "off" });
    this.line = h("input", { class: "formulaline", "aria-label": context.say("formulaBar"), spellcheck: "false", autocomplete: "off", dir: "auto" });
    this.names = new WordList(context, this.line, null, () => {});
    this.element = h("div", { class: "formulabar" }, this.where, h("span", { class: "fx", "aria-hidden": "true" }, "fx"), h("div", { class: "named" }, this.line, this.names.element));
    this.line.addEventListener("focus", () => {
      const stop = pointing(context, this.line, () => context.selection.sheet);
      this.line.addEventListener("blur", stop, { once: true });
    });
    context.seek = () => {
      this.where.focus();
      this.where.select();
    };
    this.where.addEventListener("keydown", (event) => this.jump(event));
    this.where.addEventListener("blur", () => this.selected());
    this.line.addEventListener("keydown", (event) => this.type(event));
    this.line.addEventListener("blur", () => {
      this.names.element.hidden = true;
      this.selected();
    });
  }

  selected(): void {
    const { model, selection } = this.context;
    if (!focused(this.where)) this.where.value = model.address(selection, selection.sheet);
    if (!focused(this.line)) this.line.value = model.formula(selection) || model.input(selection);
  }

  changed(): void {
    this.selected();
  }

  private type(event: KeyboardEvent): void {
    const { context } = this;
    if (this.names.key(event)) return event.stopPropagation();
    if (event.key === "Enter") {
      // The braces only say that it is an array formula.
      const text = this.line.value.trim().replace(/^\{(=.*)\}$/, "$1");
      if (context.set(context.selection, text, isArrayKey(event) ? context.area() : undefined)) context.reveal(context.selection);
    } else if (event.key === "Escape") context.reveal(context.selection);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private jump(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { context } = this;
    const wanted = this.where.value.trim();
    const area = context.model.find(wanted, context.selection.sheet);
    const found = area ?? context.model.search(wanted, this.last === wanted ? context.selection : null);
    this.last = wanted;
    if (!found) return context.refuse(context.say("noPlace", wanted));
    context.refuse("");
    context.go(found);
    if (area) return;
    // Enter again goes on to the next one.
    this.where.focus();
    this.where.value = wanted;
  }
}

const focused = (element: Element): boolean => (element.getRootNode() as Document | ShadowRoot).activeElement === element;
