/** The word map as a view of its own: the map, and beside it what follows from it. */

import type { ChartData } from "../format.js";
import type { Change } from "../model.js";
import type { Context, Part } from "./context.js";
import { h } from "./dom.js";
import { card } from "./stage.js";
import { isWeights } from "./weights.js";
import { WordMap } from "./wordmap.js";

/** What one wants to see follow a dragged word, by the names of the lessons. */
const FOLLOWING = ["weights", "alignment", "blend", "nearest_word", "written_words"];

export class MapView implements Part {
  readonly element: HTMLElement;
  private readonly parts: Part[] = [];

  constructor(context: Context) {
    const maps = wordMaps(context).map((chart) => new WordMap(context, chart));
    this.parts.push(...maps);
    const cards = following(context).map((number) => card(context, number, this.parts));
    this.element = h(
      "div",
      { class: "mapview stagehost" },
      h("div", { class: "maps" }, ...maps.map((map) => map.element)),
      cards.length ? h("section", { class: "follows", "aria-label": context.say("reads") }, h("h2", {}, context.say("reads")), h("div", { class: "equationline" }, ...cards)) : null,
    );
  }

  changed(change: Change): void {
    for (const part of this.parts) part.changed?.(change);
  }

  selected(): void {
    for (const part of this.parts) part.selected?.();
  }
}

/** All word maps of a book. */
export function wordMaps(context: Context): ChartData[] {
  return context.model.payload.sheets.flatMap((sheet) => sheet.charts.filter((chart) => chart.kind === "words"));
}

function following(context: Context): number[] {
  const { blocks } = context.model.payload;
  const named = FOLLOWING.map((name) => blocks.findIndex((block) => block.name === name)).filter((i) => i >= 0);
  return named.length ? named : blocks.map((_, i) => i).filter((i) => isWeights(blocks[i]!)).slice(0, 2);
}
