/** TEXT(number, pattern) for patterns of digits such as 0.00, 0%, #,##0.0 and 0.0E+00, of dates, and of fractions. */

import { toText } from "../operators.js";
import { CellError, type Value } from "../values.js";
import { dated, isDate } from "./dates.js";
import { fractional, isFraction } from "./fractions.js";
import { half, rounded } from "./numeric.js";

const PATTERN = /^([^0#]*?)([#0,]*)(?:\.([0#]*))?(?:E\+(0+))?(%?)([^0#]*)$/i;

/** Letters and signs that stand for something else in other programs: colours, conditions, room for a sign. */
const UNKNOWN = /[^\W\d_E]|[?*_;@[\]]/iu;

/** The text of a value in a pattern; text stays as it is. */
export function shown(value: Value, pattern: string): string {
  if (typeof value !== "number") return toText(value);
  if (pattern.toUpperCase() === "GENERAL" || pattern === "@") return toText(value);
  if (isDate(pattern)) return dated(value, pattern);
  if (isFraction(pattern)) return fractional(value, pattern);
  const parts = PATTERN.exec(pattern);
  if (!parts) throw new CellError("#VALUE!", pattern);
  if (UNKNOWN.test(written(pattern))) throw new CellError("#VALUE!", pattern);
  const [, before = "", whole = "", decimals = "", exponent, percent = "", after = ""] = parts;
  const size = Math.abs(percent ? value * 100 : value);
  const digits = exponent ? scientific(size, decimals, exponent.length) : decimal(size, whole, decimals);
  const sign = value < 0 && /[1-9]/.test(digits) ? "-" : "";
  return sign + plain(before) + digits + percent + plain(after);
}

function decimal(size: number, whole: string, decimals: string): string {
  const places = Math.min(decimals.length, 100);
  const [digits = "0", rest = ""] = rounded(size, places, half).toFixed(places).split(".");
  const least = whole.replace(/[^0]/g, "").length;
  let shownWhole = (digits === "0" && least === 0 ? "" : digits).padStart(least, "0");
  if (whole.includes(",")) shownWhole = shownWhole.replace(/\B(?=(\d{3})+$)/g, ",");
  return shownWhole + fraction(rest, decimals);
}

/** The decimals; # leaves zeros at the end away. */
function fraction(rest: string, decimals: string): string {
  let length = rest.length;
  while (length > 0 && decimals[length - 1] === "#" && rest[length - 1] === "0") length -= 1;
  return length > 0 ? `.${rest.slice(0, length)}` : "";
}

function scientific(size: number, decimals: string, places: number): string {
  const [digits = "0", exponent = "+0"] = size.toExponential(Math.min(decimals.length, 100)).split("e");
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${digits}E${sign}${exponent.replace(/[-+]/, "").padStart(places, "0")}`;
}

/** A pattern without the texts that stand in it as they are. */
function written(pattern: string): string {
  return pattern.replace(/"[^"]*"|\\./g, "").replace(/E\+0+/i, "");
}

/** What stands around the digits, without quotation marks. */
function plain(text: string): string {
  return text.replace(/"([^"]*)"/g, "$1").replace(/\\(.)/g, "$1");
}
