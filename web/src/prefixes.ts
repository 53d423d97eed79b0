/** Formulas as an .xlsx file holds them: younger functions, and what LET and LAMBDA name, carry a prefix. */

import { tokenize, type Token } from "./engine/tokens.js";

/** Of a name that LET or LAMBDA gives. */
const BOUND = "_xlpm.";

/** A formula without its equals sign, as a file holds it; `prefixes` are those of functions, by their names. */
export function inFile(formula: string, prefixes: Readonly<Record<string, string>>): string {
  const found = tokenize(formula);
  const bound = boundNames(found);
  const prefix = ({ kind, text }: Token): string => {
    const name = text.toUpperCase();
    if (kind !== "function" && kind !== "name") return "";
    return bound.has(name) ? BOUND : kind === "function" ? (prefixes[name] ?? "") : "";
  };
  return found.map((token) => prefix(token) + token.text).join("");
}

/** The names, in capitals, that stand alone where LET and LAMBDA give one. */
function boundNames(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  const open: { called: string; argument: number }[] = [];
  let before = "";
  /** The name that the argument is so far; null where it is anything else. */
  let alone: string | null = "";
  for (const { kind, text } of tokens) {
    const here = open.at(-1);
    if (kind === "space") continue;
    if (text === "," && here) {
      const gives = here.called === "LAMBDA" || (here.called === "LET" && here.argument % 2 === 0);
      if (alone && gives) names.add(alone);
      here.argument++;
      alone = "";
    } else if (text === "(" && kind === "mark") {
      open.push({ called: before, argument: 0 });
      alone = "";
    } else {
      if (text === ")") open.pop();
      alone = kind === "name" && alone === "" ? text.toUpperCase() : null;
    }
    before = kind === "function" ? text.toUpperCase() : "";
  }
  return names;
}
