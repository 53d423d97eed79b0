/** For books that go on: one step, run and stop, steps a second, and a live chart of what is watched. */

import type { Change, Value } from "../model.js";
import type { Context, Part } from "./context.js";
import { brief } from "./display.js";
import { pixels } from "./axes.js";
import { button, h, s, write } from "./dom.js";

/** Milliseconds of steps between two looks at the clock of the page. */
const SLICE = 60;
/** Milliseconds after which the whole page follows a run. */
const FOLLOW = 1500;
const WIDTH = 320;
const HEIGHT = 60;
/** Steps of the mean that the chart draws: a single name says little. */
const MEAN = 20;

export function runner(context: Context): (Part & { element: HTMLElement; end(): void }) | null {
  return context.model.goesOn ? new Runner(context) : null;
}

class Runner implements Part {
  readonly element: HTMLElement;
  private readonly toggle: HTMLButtonElement;
  private readonly told = h("span", { class: "speed" });
  private readonly curve = s("polyline", { class: "runcurve" });
  private readonly numbers: number[] = [];
  /** Of each number with those before it. */
  private readonly means: number[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private steps = 0;
  private run = 0;
  private since = 0;
  private followed = 0;
  private own = false;

  constructor(private readonly context: Context) {
    const say: Context["say"] = (key, ...filled) => context.say(key, ...filled);
    this.toggle = button("", () => (this.timer === undefined ? this.start() : this.stop()), { class: "plain run" });
    const chart = s("svg", { class: "runchart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": say("goOn") }, this.curve);
    this.element = h("div", { class: "runner", role: "group", "aria-label": say("goOn") }, button(`▸ ${say("oneStep")}`, () => this.one(), { class: "plain step" }), this.toggle, chart, this.told);
    this.label();
  }

  /** Somebody typed, or took a step back: a run ends there, and other inputs begin another curve. */
  changed(change: Change): void {
    if (this.own) return;
    this.stop();
    if (this.numbers.length > 0 && change.edited.some((at) => this.context.model.carries(at))) {
      this.numbers.length = this.means.length = 0;
      this.draw();
    }
  }

  end(): void {
    this.stop();
  }

  private label(): void {
    write(this.toggle, this.timer === undefined ? `▶ ${this.context.say("run")}` : `■ ${this.context.say("stop")}`);
  }

  private one(): void {
    this.stop();
    if (this.ahead()) this.follow("");
    this.draw();
  }

  private start(): void {
    this.run += 1;
    this.steps = 0;
    this.since = this.followed = performance.now();
    this.timer = setTimeout(this.slice);
    this.label();
  }

  private stop(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.label();
    this.follow(`run ${this.run}`);
  }

  private readonly slice = (): void => {
    const end = performance.now() + SLICE;
    do {
      if (!this.ahead()) return;
    } while (performance.now() < end);
    this.draw();
    if (performance.now() - this.followed > FOLLOW) this.follow(`run ${this.run}`);
    this.timer = setTimeout(this.slice);
  };

  /** One step; where it cannot be taken the run ends, and the reader is told. */
  private ahead(): boolean {
    const seen = this.context.model.ahead();
    if (!seen) {
      this.stop();
      this.context.refuse(this.context.say("noStep"));
      return false;
    }
    this.steps += 1;
    this.note(seen);
    return true;
  }

  private note([first]: Value[]): void {
    if (typeof first !== "number") return;
    this.numbers.push(first);
    this.means.push(mean(this.numbers.slice(-MEAN)));
  }

  private follow(gesture: string): void {
    this.own = true;
    this.context.model.settle(gesture);
    this.own = false;
    this.followed = performance.now();
  }

  private draw(): void {
    const { means } = this;
    const every = Math.max(1, Math.floor(means.length / WIDTH));
    const shown = means.filter((_, i) => i % every === 0);
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    const points = shown.map((y, i) => `${pixels((i * WIDTH) / Math.max(1, shown.length - 1))},${pixels(HEIGHT - 4 - ((y - low) / (high - low || 1)) * (HEIGHT - 8))}`);
    this.curve.setAttribute("points", points.join(" "));
    const seconds = (performance.now() - this.since) / 1000;
    const last = means[means.length - 1];
    const speed = this.timer === undefined ? "" : this.context.say("speed", (this.steps / seconds).toFixed(0));
    write(this.told, [this.context.say("stepsTaken", this.numbers.length), last === undefined ? "" : this.context.say("watched", brief(last)), speed].filter(Boolean).join(" · "));
  }
}

function mean(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}
