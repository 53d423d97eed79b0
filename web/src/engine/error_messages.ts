/** What an error value means, and why an edit was refused, in a plain sentence. */

import { ENGLISH } from "../english.generated.js";
import { fill, type Texts } from "../languages.js";
import { ELSEWHERE } from "./table.generated.js";
import type { CellError } from "./values.js";

/** Why an edit is refused: the keys of its sentence. */
export type Refusal = "formula" | "array" | "room" | "long" | "outside" | "number" | "between" | "whole" | "words";

export function errorMessage(error: CellError, texts: Texts): string {
  const detail = error.detail ? ` (“${error.detail}”)` : "";
  const key = error.code === "#NAME?" && ELSEWHERE.has(error.detail) ? "elsewhere" : error.code;
  return fill(texts.errors[key] ?? ENGLISH.errors[key], detail);
}

export function refusalMessage(refusal: Refusal, texts: Texts, ...filled: (string | number)[]): string {
  return fill(texts.errors[refusal] ?? ENGLISH.errors[refusal], ...filled);
}
