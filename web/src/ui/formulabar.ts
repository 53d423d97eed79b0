/** The formula bar: where the selection is, and what stands in it, to be changed. */

import type { Context, Part } from "./context.js";
import { h } from "./dom.js";

export class FormulaBar implements Part {
  readonly element: HTMLElement;
  private readonly where: HTMLInputElement;
  private readonly line: HTMLInputElement;

  constructor(private readonly context: Context) {
    this.where = h("input", { class: "namebox", "aria-label": context.say("nameBox"), title: context.say("nameBox"), spellcheck: "false", autocomplete: "off" });
    this.line = h("input", { class: "formulaline", "aria-label": context.say("formulaBar"), spellcheck: "false", autocomplete: "off", dir: "auto" });
    this.element = h("div", { class: "formulabar" }, this.where, h("span", { class: "fx", "aria-hidden": "true" }, "fx"), this.line);
    this.where.addEventListener("keydown", (event) => this.jump(event));
    this.where.addEventListener("blur", () => this.selected());
    this.line.addEventListener("keydown", (event) => this.type(event));
    this.line.addEventListener("blur", () => this.selected());
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
    if (event.key === "Enter") {
      // The braces only say that it is an array formula.
      const text = this.line.value.trim().replace(/^\{(=.*)\}$/, "$1");
      if (context.set(context.selection, text)) context.reveal(context.selection);
    } else if (event.key === "Escape") context.reveal(context.selection);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private jump(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { context } = this;
    const area = context.model.find(this.where.value.trim(), context.selection.sheet);
    if (area) context.go(area);
    else context.refuse(context.say("noPlace", this.where.value.trim()));
  }
}

const focused = (element: Element): boolean => (element.getRootNode() as Document | ShadowRoot).activeElement === element;
