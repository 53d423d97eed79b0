/** Everything in one file: the page mounts itself; others take from it what they need. */

import "./style.css";

import "./main.js";

export { functionNames } from "./engine/functions/table.js";
export { Model } from "./model.js";
export { worked } from "./ui/worked.js";
export { default } from "./widget.js";
