/** The page's own texts, in the language of the reader: buttons, hints, sentences. */

import { ENGLISH } from "../english.generated.js";
import { fill, type Texts } from "../languages.js";

export type TextKey = keyof typeof ENGLISH.page;

/** A text of the page, with its blanks filled. */
export function uiText(texts: Texts, key: TextKey, ...filled: (string | number)[]): string {
  return fill(texts.page[key] ?? ENGLISH.page[key], ...filled);
}
