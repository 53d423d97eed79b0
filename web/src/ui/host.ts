/** What the surroundings of a page may offer it: the server and a file do, a notebook does not. */

import type { Language } from "../format.js";
import type { Model } from "../model.js";

/** How a page is looked at; what is missing is as it was at first. */
export interface Looks {
  view?: string;
  language?: Language;
  theme?: "light" | "dark";
  /** The number of the step that is read. */
  step?: number;
}

export interface Host {
  /** Save what stands on the page as a workbook. */
  download?(model: Model): Promise<void>;
  /** Save the page itself, with what was typed. */
  savePage?(model: Model): Promise<void>;
  /** The address of the other lessons, in a language. */
  home?(language: Language): string;
  /** Keep how the page is looked at. */
  look?(looks: Looks): void;
  /** Keep the step that is read. */
  atStep?(step: number): void;
}
