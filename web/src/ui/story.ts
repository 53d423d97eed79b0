/** The story of a book: its sheets as chapters, in order, and the stages of each. */

import type { BlockData, Payload } from "../format.js";
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
  const standing = inOrder(payload.blocks);
  return payload.sheets
    .map((sheet, i) => ({ name: sheetTitle(sheet), stages: payload.stages.length ? writtenStages(payload, i, standing) : stageOfSheet(payload, i, standing) }))
    .filter((chapter) => chapter.stages.length > 0);
}

function writtenStages(payload: Payload, sheet: number, standing: number[]): Stage[] {
  return payload.stages
    .map((stage, index) => ({ stage, index }))
    .filter(({ stage }) => stage.sheet === sheet)
    .map(({ stage, index }) => {
      const [, number = "", title = stage.title] = /^(\d+)\s{2,}(.*)$/.exec(stage.title) ?? [];
      const blocks = standing.filter((i) => payload.blocks[i]!.stage === index && payload.blocks[i]!.sheet === sheet);
      return { ...stage, index, number, title, table: stage.table === 1, blocks };
    })
    .sort((a, b) => payload.stages[a.index]!.row - payload.stages[b.index]!.row);
}

/** A book without stages (a traced function): one a sheet. */
function stageOfSheet(payload: Payload, sheet: number, standing: number[]): Stage[] {
  const blocks = standing.filter((i) => payload.blocks[i]!.sheet === sheet);
  if (!blocks.length) return [];
  const title = sheetTitle(payload.sheets[sheet]!);
  return [{ index: -1, number: "", title, text: "", equation: "", sheet, table: false, blocks }];
}

/** Blocks from top to bottom and left to right. */
function inOrder(blocks: BlockData[]): number[] {
  const at = (i: number): readonly [number, number] => blocks[i]!.matrices[0] ?? [0, 0];
  return blocks.map((_, i) => i).sort((a, b) => at(a)[0] - at(b)[0] || at(a)[1] - at(b)[1]);
}
