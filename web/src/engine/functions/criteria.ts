/** Conditions such as ">0" and texts with ? and *, as COUNTIF and MATCH read them. */

import { compare, spelled, toText } from "../operators.js";
import { CellError, type Value } from "../values.js";

const WRITTEN = /^(<=|>=|<>|<|>|=)?(.*)$/s;

const RELATIONS: Record<string, (order: number) => boolean> = {
  "<": (order) => order < 0,
  ">": (order) => order > 0,
  "<=": (order) => order <= 0,
  ">=": (order) => order >= 0,
};

/** Whether a value meets a condition. */
export function criterion(condition: Value): (value: Value) => boolean {
  const [, relation = "=", operand = ""] = WRITTEN.exec(toText(condition))!;
  const wanted = spelled(operand) ?? operand;
  const relates = RELATIONS[relation];
  if (relates) return (value) => typeof value === typeof wanted && relates(compare(value, wanted));
  const equal = equals(wanted);
  return relation === "=" ? equal : (value) => !equal(value);
}

function equals(wanted: number | string): (value: Value) => boolean {
  if (typeof wanted === "number") {
    return (value) => value === wanted || (typeof value === "string" && spelled(value) === wanted);
  }
  if (wanted === "") return (value) => value === null || value === "";
  const pattern = wildcard(wanted);
  const truth = wanted.toUpperCase();
  return (value) =>
    (typeof value === "string" && pattern.test(value)) || (typeof value === "boolean" && toText(value) === truth);
}

/** Like the whole text: ? is any character, * any characters, ~ makes the next one itself. */
export function wildcard(text: string): RegExp {
  const parts = text.replace(/~([?*~])|[?*]|[.+^${}()|[\]\\~]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped === "~" ? "~" : `\\${escaped}`;
    return found === "?" ? "." : found === "*" ? ".*" : `\\${found}`;
  });
  return new RegExp(`^${parts}$`, "isu");
}

/** Whether a value is exactly the one looked up, as MATCH with 0 sees it. */
export function lookedUp(wanted: Value): (value: Value) => boolean {
  if (wanted instanceof CellError) throw wanted;
  if (typeof wanted !== "string") return (value) => value === (wanted ?? 0);
  const pattern = wildcard(wanted);
  return (value) => typeof value === "string" && pattern.test(value);
}
