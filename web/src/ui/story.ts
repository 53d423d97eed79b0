/** The story of a book: its sheets as chapters, in order, and the stages of each. */

import type { Payload } from "../format.js";
import { sheetTitle } from "../languages.js";

export interface Stage {
  /** Its number in the payload, or −1 where the book tells no stages. */
  index: number;
  /** The number that its title begins with, such as "3"; or nothing. */
  number: string;
  title: string;
  text: string;
  equation: string;
  sheet: number;
  table: boolean;
  /** The numbers of its blocks, in the order in which they stand. */
  blocks: number[];
}

export interface Chapter {
  name: string;
  stages: Stage[];
}

/** Sheets in their order; on each the stages from top to bottom. */
export function chapters(payload: Payload): Chapter[] {
  return payload.sheets
    .map((sheet, i) => ({ name: sheetTitle(sheet), stages: payload.stages.length ? writtenStages(payload, i) : stageOfSheet(payload, i) }))
    .filter((chapter) => chapter.stages.length > 0);
}

function writtenStages(payload: Payload, sheet: number): Stage[] {
  return payload.stages
    .map((stage, index) => {
      const [, number = "", title = stage.title] = /^(\d+)\s{2,}(.*)$/.exec(stage.title) ?? [];
      const blocks = standing(payload, (block) => block.stage === index && block.sheet === sheet);
      return { ...stage, index, number, title, table: stage.table === 1, blocks };
    })
    .filter((stage) => stage.sheet === sheet)
    .sort((a, b) => payload.stages[a.index]!.row - payload.stages[b.index]!.row);
}

/** A book without stages (a traced function): one a sheet. */
function stageOfSheet(payload: Payload, sheet: number): Stage[] {
  const blocks = standing(payload, (block) => block.sheet === sheet);
  if (!blocks.length) return [];
  const title = sheetTitle(payload.sheets[sheet]!);
  return [{ index: -1, number: "", title, text: "", equation: "", sheet, table: false, blocks }];
}

/** Blocks from top to bottom and left to right. */
function standing(payload: Payload, wanted: (block: Payload["blocks"][number]) => boolean): number[] {
  return payload.blocks
    .map((block, i) => ({ block, i, at: block.matrices[0] ?? [0, 0] }))
    .filter(({ block }) => wanted(block))
    .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1])
    .map(({ i }) => i);
}
