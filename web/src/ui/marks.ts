/** How many marks of a stage say ✓: those of its blanks, or of its questions. */

import type { BlockData } from "../format.js";
import type { Place } from "../model.js";
import { cellOf, type Context } from "./context.js";
import { h, write } from "./dom.js";
import type { Stage } from "./story.js";

export interface MarkCount {
  element: HTMLElement;
  count(): void;
}

/** Null where a stage has nothing that is marked. */
export function markCount(context: Context, stage: Stage): MarkCount | null {
  const places = stage.blocks.map((number) => markPlace(context.model.payload.blocks[number]!)).filter((place) => place !== null);
  if (!places.length) return null;
  const element = h("span", { class: "markcount" });
  const count = (): void => {
    const right = places.filter((place) => String(context.model.value(place)).startsWith("✓")).length;
    write(element, `✓ ${right}/${places.length}`);
    element.title = context.say("marks", right, places.length);
    element.classList.toggle("all", right === places.length);
  };
  count();
  return { element, count };
}

function markPlace(block: BlockData): Place | null {
  if (block.numberFormat === "mark") return cellOf(block, 0, 0, 0);
  return block.mark ? { sheet: block.mark[0], row: block.mark[1], column: block.mark[2] } : null;
}
