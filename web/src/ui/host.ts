/** What the surroundings of a page may offer it: the server does, a file and a notebook do not. */

import type { Language } from "../format.js";
import type { Model } from "../model.js";

export interface Host {
  /** Save what stands on the page. */
  download?(model: Model): Promise<void>;
  /** The address of the other lessons, in a language. */
  home?(language: Language): string;
}
