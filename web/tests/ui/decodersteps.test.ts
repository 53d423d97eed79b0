/** Steps of a decoder are found by what their blocks are, whatever these are called. */

import { expect, test } from "vitest";
import type { BlockData } from "../../src/format.js";
import { decoderSteps } from "../../src/ui/decodersteps.js";
import { commonName } from "../../src/ui/weights.js";

const block = (stage: number, role: string, rows = 1): BlockData => ({
  name: "any", title: "any", equation: "", note: "", numberFormat: "word", kind: "computed", role, op: "embedding",
  stage, sheet: 0, matrices: [[0, 0]], matrixNames: [], rows, columns: 1,
});

test("each stage in which a word is read is a step, its candidates in their order", () => {
  const blocks = [
    block(0, "memory"),
    block(1, "word read"), block(1, "candidate word"), block(1, "candidate probability"), block(1, "candidate word"), block(1, "candidate probability"), block(1, "next word"), block(1, "decoder step"),
    block(2, "word read"), block(2, "candidate word"), block(2, "next word"),
  ];
  expect(decoderSteps(blocks)).toEqual([
    { stage: 1, read: 1, written: 6, label: 7, candidates: [{ word: 2, probability: 3 }, { word: 4, probability: 5 }] },
    { stage: 2, read: 8, written: 10, label: undefined, candidates: [] },
  ]);
});

test("a decoder that reads all words at once has no steps", () => {
  expect(decoderSteps([block(0, "word read", 4), block(0, "next word", 4)])).toEqual([]);
  expect(decoderSteps([block(0, "next word")])).toEqual([]);
  expect(decoderSteps([block(0, "word read"), block(1, "next word")])).toEqual([]);
});

test("a layer is called what the names of its blocks have in common", () => {
  expect(commonName(["head1_weights", "head2_weights"])).toBe("weights");
  expect(commonName(["s9_cross_weights", "s10_cross_weights"])).toBe("cross_weights");
  expect(commonName(["weights"])).toBe("weights");
  expect(commonName(["first", "second"])).toBe("first");
});
