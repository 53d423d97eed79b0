/** Whether a formula has to be worked out as an array formula: the rule of `sheetformer.formula.check`. */

import { FUNCTIONS, kindOf } from "./functions/table.js";
import { SEVERAL } from "./table.generated.js";
import type { Tree } from "./tree.js";

type Named = (name: string) => Tree | null;

/** Where several cells may stand: nowhere, as a whole argument, or wherever a cell can. */
type Room = "nowhere" | "argument" | "anywhere";

const inner = (room: Room): Room => (room === "anywhere" ? room : "nowhere");

/** Whether several cells stand where an ordinary formula of old takes only one of them. */
export function takesSeveral(tree: Tree, named: Named, room: Room = "nowhere"): boolean {
  switch (tree.kind) {
    case "range":
    case "array":
      return room === "nowhere";
    case "name":
      return room === "nowhere" && named(tree.name)?.kind === "range";
    case "infix":
      return [tree.left, tree.right].some((part) => takesSeveral(part, named, inner(room)));
    case "prefix":
    case "percent":
      return takesSeveral(tree.operand, named, inner(room));
    case "call":
      return calls(tree, named, room);
    default:
      return false;
  }
}

function calls({ name, args }: Tree & { kind: "call" }, named: Named, room: Room): boolean {
  if ((SEVERAL as readonly string[]).includes(name)) return true;
  const row = FUNCTIONS.get(name);
  const roomOf = (i: number): Room => {
    const kind = row && kindOf(row, i).toLowerCase();
    return kind === "a" ? "anywhere" : kind === "r" && room !== "anywhere" ? "argument" : inner(room);
  };
  return args.some((arg, i) => arg !== null && takesSeveral(arg, named, roomOf(i)));
}
