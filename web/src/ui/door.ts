/** What the surroundings of a page may offer it: the server and the notebook do, a file does not. */

import type { Model } from "../model.js";

export interface Door {
  /** Save what stands on the page. */
  download?: { label: string; run(model: Model): Promise<void> };
  /** Where the other lessons are. */
  home?: { label: string; href: string };
}
