/** The steps of a decoder that is written out: each has a stage of its own and writes one word. */

import type { BlockData } from "../format.js";
import { withRole, type Role } from "./roles.js";

/** One step, its blocks (of one cell each) by their numbers. */
export interface DecoderStep {
  stage: number;
  read: number;
  written: number;
  /** What it read and wrote, such as `eu → sou`; where the book says it. */
  label: number | undefined;
  /** The likeliest word first. */
  candidates: { word: number; probability: number }[];
}

/** The steps in their order; none where a book has another decoder, or no decoder. */
export function decoderSteps(blocks: readonly BlockData[]): DecoderStep[] {
  const single = ({ rows, columns, matrices }: BlockData): boolean => rows * columns * matrices.length === 1;
  return withRole(blocks, "word read")
    .filter((read) => single(blocks[read]!))
    .flatMap((read) => {
      const { stage } = blocks[read]!;
      const found = (role: Role): number[] => withRole(blocks, role).filter((i) => blocks[i]!.stage === stage);
      const [written] = found("next word");
      if (written === undefined) return [];
      const probabilities = found("candidate probability");
      const candidates = found("candidate word").flatMap((word, rank) => {
        const probability = probabilities[rank];
        return probability === undefined ? [] : [{ word, probability }];
      });
      return [{ stage, read, written, label: found("decoder step")[0], candidates }];
    });
}
