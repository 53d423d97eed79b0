/** A translation word by word: what a step reads, what it writes, and what else it could have written. */

import { cellOf, type Context } from "./context.js";
import { type DecoderStep, decoderSteps } from "./decodersteps.js";
import { percent } from "./display.js";
import { button, h } from "./dom.js";
import { wordIn } from "./weights.js";

const PAUSE = 1400;

export class Stepper {
  readonly element: HTMLElement;
  step = 0;
  private readonly body = h("div", { class: "stepbody", "aria-live": "polite" });
  private readonly play: HTMLButtonElement;
  private timer = 0;

  private constructor(
    private readonly context: Context,
    private readonly steps: readonly DecoderStep[],
    private readonly point: (step: number) => void,
  ) {
    const { say } = { say: context.say.bind(context) };
    this.play = button(say("play"), () => this.toggle(), { class: "plain" });
    this.element = h(
      "section",
      { class: "stepper", "aria-label": say("network"), data: { part: "stepper" } },
      h("div", { class: "stepkeys" }, button("←", () => this.go(this.step - 1), { "aria-label": say("previousWord") }), this.play, button("→", () => this.go(this.step + 1), { "aria-label": say("nextWord") })),
      this.body,
    );
    this.draw();
  }

  /** A stepper where the book decodes step by step; null elsewhere. */
  static of(context: Context, point: (step: number) => void): Stepper | null {
    const steps = decoderSteps(context.model.payload.blocks);
    return steps.length ? new Stepper(context, steps, point) : null;
  }

  /** Steps until the translation ends, the ending one included. */
  get count(): number {
    const ended = this.written().findIndex((word) => word === "");
    return ended < 0 ? this.steps.length : ended + 1;
  }

  draw(): void {
    const { context } = this;
    const written = this.written();
    this.step = Math.min(this.step, this.count - 1);
    const step = this.steps[this.step]!;
    const read = wordIn(context, step.read);
    const wrote = written[this.step] ?? "";
    const line = h("p", { class: "stepline" }, ...written.slice(0, this.count - 1).map((word, i) => this.word(word, i)));
    this.body.replaceChildren(
      h("p", { class: "steptitle" }, h("strong", {}, context.say("step", this.step + 1, this.count)), " ", wrote ? context.say("reading", `“${read}”`, `“${wrote}”`) : context.say("ends", `“${read}”`)),
      line,
      this.candidates(step),
    );
  }

  private written(): string[] {
    return this.steps.map((step) => wordIn(this.context, step.written));
  }

  private word(word: string, i: number): HTMLElement {
    const when = i < this.step ? "past" : i === this.step ? "now" : "later";
    return button(word, () => this.go(i), { class: `stepword ${when}`, "aria-current": i === this.step ? "step" : undefined });
  }

  /** The likeliest words of a step as bars. */
  private candidates(step: DecoderStep): HTMLElement {
    const { context } = this;
    const rows: HTMLElement[] = [];
    for (const candidate of step.candidates) {
      const word = wordIn(context, candidate.word);
      const at = cellOf(context.model.payload.blocks[candidate.probability]!, 0, 0, 0);
      const value = context.model.value(at);
      if (!word || typeof value !== "number") continue;
      const bar = h("span", { class: "bar", style: { width: `${Math.max(0.5, value * 100)}%` } });
      rows.push(h("li", {}, h("span", { class: "barword" }, word), h("span", { class: "bartrack" }, bar), button(percent(value), () => context.go(at), { class: "plain number" })));
    }
    return h("div", { class: "likeliest" }, h("h2", {}, context.say("likeliest")), h("ul", {}, ...rows));
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
