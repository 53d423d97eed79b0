/** The word map as a view of its own: the map, and beside it what follows from it. */

import type { BlockData, ChartData } from "../format.js";
import type { Change } from "../model.js";
import type { Context, Part } from "./context.js";
import { h } from "./dom.js";
import { withRole } from "./roles.js";
import { card } from "./stage.js";
import { blendingWeights, isWeights } from "./weights.js";
import { WordMap } from "./wordmap.js";

export class MapView implements Part {
  readonly element: HTMLElement;
  private readonly parts: Part[] = [];

  constructor(context: Context) {
    const maps = wordMaps(context).map((chart) => new WordMap(context, chart));
    this.parts.push(...maps);
    const cards = following(context).map((number) => card(context, number, this.parts, "h3"));
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

/** What one wants to see follow a dragged word. */
function following(context: Context): number[] {
  const { blocks } = context.model.payload;
  const alignment = withRole(blocks, "alignment");
  if (alignment.length) return [...alignment, ...withRole(blocks, "words written")];
  const blends = withRole(blocks, "blend");
  const found = [...blendingWeights(context), ...blends, ...wordsBeside(context, blends)];
  return found.length ? found : blocks.map((_, i) => i).filter((i) => isWeights(blocks[i]!)).slice(0, 2);
}

/** The words that are computed in the stages of some blocks and of the maps: which word a blend is nearest to. */
function wordsBeside(context: Context, numbers: number[]): number[] {
  const { blocks } = context.model.payload;
  const stages = new Set([...numbers.map((number) => blocks[number]!.stage), ...wordMaps(context).map((chart) => chart.stage)]);
  const isTold = (block: BlockData): boolean => block.kind === "computed" && block.numberFormat === "word" && !block.workings;
  return blocks.flatMap((block, i) => (isTold(block) && stages.has(block.stage) ? [i] : []));
}
