import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { isWord, say } from "../../src/ui/words.js";

const source = readFileSync(new URL("../../src/ui/words.ts", import.meta.url), "utf8");
const all = [...new Set([...source.matchAll(/^ {2}(\w+): "/gm)].map((match) => match[1]!))].filter(isWord);

test("every word is there in both languages, with the same blanks", () => {
  expect(all.length).toBeGreaterThan(80);
  for (const word of all) {
    const blanks = (text: string): string[] => (text.match(/\u0001./g) ?? []).sort();
    const filled = [0, 1, 2].map((i) => `\u0001${i}`);
    expect(blanks(say("pt", word, ...filled)), word).toEqual(blanks(say("en", word, ...filled)));
  }
});

test("no word is there for nothing", () => {
  const folder = new URL("../../src/ui/", import.meta.url);
  const code = readdirSync(folder).filter((name) => name !== "words.ts").map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const unused = all.filter((word) => !word.startsWith("op_") && !code.includes(`"${word}"`));
  // The views are said by their names.
  expect(unused.filter((word) => !["lesson", "sheet", "map"].includes(word))).toEqual([]);
});
