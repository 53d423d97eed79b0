/** The word map: a scatter of embeddings whose words can be dragged. */

import type { ChartData, PointData } from "../format.js";
import type { Edit, Place } from "../model.js";
import type { Context, Part } from "./context.js";
import { brief } from "./display.js";
import { h, put, s, write } from "./dom.js";
import { sources } from "./sources.js";

const SIZE = 420;
const EDGE = 34;
const INNER = SIZE - 2 * EDGE;

interface Dot {
  point: PointData;
  group: SVGGElement;
  label: SVGTextElement;
}

const place = ([sheet, row, column]: [number, number, number]): Place => ({ sheet, row, column });

export class WordMap implements Part {
  readonly element: HTMLElement;
  private readonly picture: SVGSVGElement;
  private readonly dots: Dot[];
  private gestures = 0;

  constructor(
    private readonly context: Context,
    private readonly chart: ChartData,
  ) {
    this.dots = chart.points.map((point) => this.dot(point));
    this.picture = s(
      "svg",
      { class: "map", viewBox: `0 0 ${SIZE} ${SIZE}`, role: "group", "aria-label": `${chart.title}. ${context.say("mapOf", chart.points.length)}` },
      ...this.grid(),
      ...this.dots.map((dot) => dot.group),
    );
    this.picture.addEventListener("pointerdown", (event) => this.press(event));
    this.element = h(
      "figure",
      { class: "mapbox", data: { part: "map" } },
      h("figcaption", {}, chart.title),
      this.picture,
      h("p", { class: "quiet small hint" }, context.say("dragWord")),
    );
    this.draw();
  }

  changed(): void {
    this.draw();
  }

  /** Put every point where its cells say. */
  draw(): void {
    const labels: { dot: Dot; x: number; y: number; text: string }[] = [];
    for (const dot of this.dots) {
      const [x, y] = this.at(dot.point);
      const text = String(this.context.model.value(place(dot.point.label)) ?? "").trim();
      const shown = text !== "" && Number.isFinite(x) && Number.isFinite(y);
      dot.group.toggleAttribute("hidden", !shown);
      dot.group.style.display = shown ? "" : "none";
      if (!shown) continue;
      put(dot.group, "transform", `translate(${this.x(x).toFixed(2)} ${this.y(y).toFixed(2)})`);
      write(dot.label, text);
      put(dot.group, "aria-label", this.context.say("pointAt", text, brief(x), brief(y)));
      labels.push({ dot, x: this.x(x), y: this.y(y), text });
    }
    spread(labels);
  }

  private at(point: PointData): [number, number] {
    const number = (at: PointData["x"]): number => {
      const value = this.context.model.value(place(at));
      return typeof value === "number" ? value : Number.NaN;
    };
    return [number(point.x), number(point.y)];
  }

  private x(value: number): number {
    return EDGE + ((clamp(value, this.chart.axisLimit) + this.chart.axisLimit) / (2 * this.chart.axisLimit)) * INNER;
  }

  private y(value: number): number {
    return SIZE - EDGE - ((clamp(value, this.chart.axisLimit) + this.chart.axisLimit) / (2 * this.chart.axisLimit)) * INNER;
  }

  private grid(): SVGElement[] {
    const { axisLimit, axes } = this.chart;
    const step = axisLimit > 6 ? Math.ceil(axisLimit / 4) : axisLimit > 2 ? 1 : 0.5;
    const marks = Array.from({ length: Math.floor(axisLimit / step) * 2 + 1 }, (_, i) => (i - Math.floor(axisLimit / step)) * step);
    return marks.flatMap((mark) => [
      s("path", { class: mark ? "rule" : "rule axis", d: `M${this.x(mark)} ${EDGE}V${SIZE - EDGE}M${EDGE} ${this.y(mark)}H${SIZE - EDGE}` }),
      s("text", { class: "tick", x: this.x(mark), y: SIZE - EDGE + 14, "text-anchor": "middle" }, brief(mark)),
      s("text", { class: "tick", x: EDGE - 6, y: this.y(mark) + 3.5, "text-anchor": "end" }, brief(mark)),
    ]).concat([
      s("text", { class: "axisname", x: SIZE / 2, y: SIZE - 3, "text-anchor": "middle" }, axes[0]),
      // Above its axis: beside it stand the numbers.
      s("text", { class: "axisname", x: 4, y: EDGE - 16 }, axes[1]),
    ]);
  }

  private dot(point: PointData): Dot {
    const label = s("text", { class: "word", dir: "auto" });
    const mark = point.group ? s("path", { d: "M0-7L7 0L0 7L-7 0Z", class: "mark" }) : s("circle", { r: 6, class: "mark" });
    const group = s("g", { class: `dot group${point.group % 2}`, tabindex: 0, role: "button" }, s("circle", { r: 14, class: "grip" }), mark, label);
    group.addEventListener("keydown", (event) => this.key(point, event));
    group.addEventListener("focus", () => this.context.select(place(point.x)));
    return { point, group, label };
  }

  /** Words that mean the same lie close together: a name means its own point, a point the nearest one. */
  private press(event: PointerEvent): void {
    const target = event.target as Element;
    const named = this.dots.find((dot) => dot.label === target);
    const touched = target.closest(".dot") ? this.nearest(event) : undefined;
    const dot = named ?? touched;
    if (dot) this.drag(dot.point, dot.group, event);
  }

  private nearest(event: PointerEvent): Dot | undefined {
    const far = ({ group }: Dot): number => {
      const box = group.querySelector(".grip")!.getBoundingClientRect();
      return Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
    };
    const shown = this.dots.filter((dot) => dot.group.style.display !== "none");
    return shown.sort((a, b) => far(a) - far(b))[0];
  }

  /** Follow the pointer until it is let go; all of it is one step for undo. */
  private drag(point: PointData, group: SVGGElement, down: PointerEvent): void {
    down.preventDefault();
    group.focus({ preventScroll: true });
    const cells = this.cells(point);
    if (!cells) return this.context.announce(this.context.say("fixedPoint"));
    group.setPointerCapture(down.pointerId);
    group.classList.add("dragged");
    const gesture = `map-${++this.gestures}`;
    // The hand may hold the name, or the rim of the point: it keeps its distance.
    const [x0, y0] = this.at(point);
    const held = this.under(down);
    let pending: PointerEvent | null = null;
    const follow = (): void => {
      if (!pending) return;
      const { axisLimit } = this.chart;
      const [x, y] = this.under(pending);
      pending = null;
      this.move(point, cells, clamp(x0 + x - held[0], axisLimit), clamp(y0 + y - held[1], axisLimit), gesture);
    };
    const moved = (event: PointerEvent): void => {
      if (!pending) requestAnimationFrame(follow);
      pending = event;
    };
    const done = (): void => {
      follow();
      group.classList.remove("dragged");
      group.removeEventListener("pointermove", moved);
    };
    group.addEventListener("pointermove", moved);
    group.addEventListener("pointerup", done, { once: true });
    group.addEventListener("pointercancel", done, { once: true });
  }

  /** The numbers of the place under the pointer. */
  private under(event: PointerEvent): [number, number] {
    // Its own scale and place: on a sheet there may be room beside the square.
    const { a: scale, e: left, f: top } = this.picture.getScreenCTM() ?? new DOMMatrix();
    const part = (pixel: number): number => (2 * (pixel / scale - EDGE)) / INNER - 1;
    const { axisLimit } = this.chart;
    return [part(event.clientX - left) * axisLimit, -part(event.clientY - top) * axisLimit];
  }

  private key(point: PointData, event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const cells = this.cells(point);
    if (!cells) return this.context.announce(this.context.say("fixedPoint"));
    const [x, y] = this.at(point);
    const far = this.chart.axisLimit / (event.shiftKey ? 10 : 50);
    this.move(point, cells, clamp(x + step[0] * far, this.chart.axisLimit), clamp(y + step[1] * far, this.chart.axisLimit), `key-${++this.gestures}`);
  }

  /** The cells behind both numbers of a word, or null where there are none to change. */
  private cells(point: PointData): [Place[], Place[]] | null {
    const { model } = this.context;
    const both: [Place[], Place[]] = [sources(model, place(point.x)), sources(model, place(point.y))];
    return both[0].length && both[1].length ? both : null;
  }

  /** Shift the cells behind a point so that it comes to stand at (x, y). */
  private move(point: PointData, [xs, ys]: [Place[], Place[]], x: number, y: number, gesture: string): void {
    const { context } = this;
    const [fromX, fromY] = this.at(point);
    const shift = (cells: Place[], by: number): Edit[] =>
      cells.map((at) => ({ ...at, text: String(round((context.model.value(at) as number) + by)) }));
    const edits = [...shift(xs, x - fromX), ...shift(ys, y - fromY)];
    context.change(() => context.model.drag(edits, gesture));
  }
}

const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const clamp = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));

/** Three decimals: finer than a hand can point. */
const round = (value: number): number => Math.round(value * 1000) / 1000;

/** Labels beside their points, away from labels that are near. */
function spread(labels: { dot: Dot; x: number; y: number; text: string }[]): void {
  const taken: { left: number; right: number; y: number }[] = [];
  for (const { dot, x, y, text } of labels) {
    const width = text.length * 7.4;
    const sides: [number, number, string][] = [
      [10, 4, "start"],
      [-10, 4, "end"],
      [0, -12, "middle"],
      [0, 20, "middle"],
    ];
    const fits = sides.find(([dx, dy, anchor]) => {
      const left = x + dx - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
      const inside = left > 2 && left + width < SIZE - 2;
      const free = taken.every((other) => Math.abs(other.y - y - dy) > 13 || left > other.right || left + width < other.left);
      if (inside && free) taken.push({ left, right: left + width, y: y + dy });
      return inside && free;
    });
    const [dx, dy, anchor] = fits ?? sides[0]!;
    put(dot.label, "x", String(dx));
    put(dot.label, "y", String(dy));
    put(dot.label, "text-anchor", anchor);
  }
}
