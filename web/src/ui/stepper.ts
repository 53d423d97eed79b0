/** A translation word by word: what a step reads, what it writes, and what else it could have written. */

import { cellOf, type Context } from "./context.js";
import { percent } from "./display.js";
import { button, h } from "./dom.js";
import { wordOf } from "./weights.js";

const CANDIDATES = 5;
const PAUSE = 1400;

export class Stepper {
  readonly element: HTMLElement;
  step = 0;
  private readonly told = h("div", { class: "steptold", "aria-live": "polite" });
  private readonly play: HTMLButtonElement;
  private timer = 0;

  private constructor(
    private readonly context: Context,
    private readonly steps: number,
    private readonly point: (step: number) => void,
  ) {
    const { say } = { say: context.say.bind(context) };
    this.play = button(say("play"), () => this.toggle(), { class: "plain" });
    this.element = h(
      "section",
      { class: "stepper", "aria-label": say("network"), data: { part: "stepper" } },
      h("div", { class: "stepkeys" }, button("←", () => this.go(this.step - 1), { "aria-label": say("previousWord") }), this.play, button("→", () => this.go(this.step + 1), { "aria-label": say("nextWord") })),
      this.told,
    );
    this.draw();
  }

  /** A stepper where the book decodes step by step; null elsewhere. */
  static of(context: Context, point: (step: number) => void): Stepper | null {
    const { blocks } = context.model.payload;
    let steps = 0;
    while (blocks.some((block) => block.name === `s${steps + 1}_written`)) steps++;
    return steps ? new Stepper(context, steps, point) : null;
  }

  /** Steps until the translation ends, the ending one included. */
  get count(): number {
    const ended = this.written().findIndex((word) => word === "");
    return ended < 0 ? this.steps : ended + 1;
  }

  draw(): void {
    const { context } = this;
    const written = this.written();
    this.step = Math.min(this.step, this.count - 1);
    const now = this.step + 1;
    const read = wordOf(context, `s${now}_read`);
    const wrote = written[this.step] ?? "";
    const line = h("p", { class: "stepline" }, ...written.slice(0, this.count - 1).map((word, i) => this.word(word, i)));
    this.told.replaceChildren(
      h("p", { class: "steptitle" }, h("strong", {}, context.say("step", now, this.count)), " ", wrote ? context.say("reading", `“${read}”`, `“${wrote}”`) : context.say("ends", `“${read}”`)),
      line,
      this.candidates(now),
    );
  }

  private written(): string[] {
    return Array.from({ length: this.steps }, (_, i) => wordOf(this.context, `s${i + 1}_written`));
  }

  private word(word: string, i: number): HTMLElement {
    const when = i < this.step ? "past" : i === this.step ? "now" : "later";
    return button(word, () => this.go(i), { class: `stepword ${when}`, "aria-current": i === this.step ? "step" : undefined });
  }

  /** The likeliest words of a step as bars. */
  private candidates(step: number): HTMLElement {
    const { context } = this;
    const rows: HTMLElement[] = [];
    for (let rank = 1; rank <= CANDIDATES; rank++) {
      const word = wordOf(context, `s${step}_word_${rank}`);
      const block = context.model.payload.blocks.find((one) => one.name === `s${step}_p_${rank}`);
      const value = block && context.model.value(cellOf(block, 0, 0, 0));
      if (!word || typeof value !== "number" || !block) continue;
      const bar = h("span", { class: "bar", style: { width: `${Math.max(0.5, value * 100)}%` } });
      rows.push(h("li", {}, h("span", { class: "barword" }, word), h("span", { class: "bartrack" }, bar), button(percent(value), () => context.go(cellOf(block, 0, 0, 0)), { class: "plain number" })));
    }
    return h("div", { class: "likeliest" }, h("h3", {}, context.say("likeliest")), h("ul", {}, ...rows));
  }

  private go(step: number): void {
    this.step = Math.max(0, Math.min(this.count - 1, step));
    this.draw();
    this.point(this.step);
  }

  /** Go on by itself, word after word. */
  private toggle(): void {
    if (this.timer) return this.stop();
    if (this.step >= this.count - 1) this.go(0);
    this.play.textContent = this.context.say("pause");
    this.timer = window.setInterval(() => {
      if (!this.element.isConnected || this.step >= this.count - 1) return this.stop();
      this.go(this.step + 1);
    }, PAUSE);
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = this.context.say("play");
  }
}
