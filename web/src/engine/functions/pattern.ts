/** TEXT(number, pattern) for patterns of digits such as 0.00, 0%, #,##0.0 and 0.0E+00, and of dates such as yyyy-mm-dd. */

import { toText } from "../operators.js";
import { CellError, type Value } from "../values.js";
import { half, rounded } from "./numeric.js";

const PATTERN = /^([^0#]*?)([#0,]*)(?:\.([0#]*))?(?:E\+(0+))?(%?)([^0#]*)$/i;

/** A date or time, without names of months and days, which are another word in every language. */
const DATE = /^(?!.*([mdhs])\1\1)[ymdhs\-\/:. ]+$/i;

/** Letters and signs that stand for something else in other programs: names, fractions, room for a sign. */
const UNKNOWN = /[^\W\d_E]|[?*_;@[\]]/iu;

/** The text of a value in a pattern; text stays as it is. */
export function shown(value: Value, pattern: string): string {
  if (typeof value !== "number") return toText(value);
  if (pattern.toUpperCase() === "GENERAL" || pattern === "@") return toText(value);
  if (DATE.test(pattern) && /[a-z]/i.test(pattern)) return dated(value, pattern);
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

const DAY = 86_400;
/** Day 1 of spreadsheets is the first of January 1900, and they have a 29th of February in that year. */
const SINCE = 25_569;

function dated(value: number, pattern: string): string {
  if (value < 0 || value > 2_958_465) throw new CellError("#VALUE!", pattern);
  const seconds = Math.round(value * DAY);
  const day = seconds < 60 * DAY ? seconds + DAY : seconds;
  const date = new Date((day - SINCE * DAY) * 1000).toISOString();
  const [year, month, dayOfMonth, hour, minute, second] = date.split(/[-T:.]/) as string[];
  const parts = pattern.toLowerCase().match(/([a-z])\1*|./g)!;
  const letters = parts.map((part, i) => ({ letter: part[0]!, i })).filter(({ letter }) => /[a-z]/.test(letter));
  const isMinute = (i: number): boolean => {
    const at = letters.findIndex((one) => one.i === i);
    return letters[at - 1]?.letter === "h" || letters[at + 1]?.letter === "s";
  };
  const numbers: Record<string, string | undefined> = { y: year, d: dayOfMonth, h: hour, s: second };
  return parts
    .map((part, i) => {
      const number = part[0] === "m" ? (isMinute(i) ? minute : month) : numbers[part[0]!];
      if (number === undefined) return part;
      return part[0] === "y" ? number.slice(part.length > 2 ? 0 : 2) : part.length > 1 ? number : String(Number(number));
    })
    .join("");
}
