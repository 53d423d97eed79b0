/** Finds blocks by what they are in the terms of the field; their names are the reader's alone. */

import type { BlockData } from "../format.js";

/** What a model is made of; the rest prepares these. */
export const PARTS = [
  "positional encoding",
  "norm 1",
  "norm 2",
  "norm 3",
  "query",
  "key",
  "value",
  "scores",
  "attention weights",
  "masked attention weights",
  "alignment",
  "blend",
  "self-attention output",
  "cross-attention output",
  "self-attention sum",
  "cross-attention sum",
  "feed-forward hidden",
  "feed-forward output",
  "encoder layer output",
  "decoder layer output",
  "memory",
  "words written",
  "next word",
] as const;

/** The roles that the page looks for, as the stories of the books give them. */
const ROLES = [...PARTS, "word read", "candidate word", "candidate probability", "decoder step"] as const;

export type Role = (typeof ROLES)[number];

/** The numbers of the blocks with one of these roles, in the order of the book. */
export function withRole(blocks: readonly BlockData[], ...roles: Role[]): number[] {
  return blocks.map((_, i) => i).filter((i) => hasRole(blocks[i]!, ...roles));
}

export const hasRole = (block: BlockData, ...roles: Role[]): boolean => roles.some((role) => role === block.role);

/** Whether its shares say who looks at whom; other shares are probabilities, or parts of a whole. */
export const isAttention = (block: BlockData): boolean => hasRole(block, "attention weights", "masked attention weights", "alignment");
