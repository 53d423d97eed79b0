/** Dates and times in a pattern such as `yyyy-mm-dd`, `ddd, d mmm` or `h:mm AM/PM`; names of months and days are English. */

import { CellError } from "../values.js";

const PART = /"[^"]*"|\\.|\[(?:h+|m+|s+)\]|am\/pm|a\/p|y+|m{1,5}|d{1,4}|h+|s+(?:\.0{1,3})?|[-/:., ]/gi;

/** Whether a pattern is one of dates: the same in `sheetformer.formula.check`. */
export const isDate = (pattern: string): boolean => pattern.replace(PART, "") === "" && /[ymdhs]/i.test(pattern.replace(/"[^"]*"|\\./g, ""));

const DAY = 86_400;
/** The first of January 1970; day 1 of spreadsheets is the first of January 1900. */
const SINCE = 25_569;

const name = (date: Date, what: "month" | "weekday", letters: number): string =>
  date.toLocaleString("en-US", { [what]: "long", timeZone: "UTC" }).slice(0, letters === 3 ? 3 : letters === 5 ? 1 : undefined);

const two = (number: number, letters: number): string => String(number).padStart(letters > 1 ? 2 : 1, "0");

export function dated(value: number, pattern: string): string {
  if (value < 0 || value >= 2_958_466) throw new CellError("#VALUE!", pattern);
  const parts = pattern.match(PART)!;
  const places = Math.max(0, ...parts.map((part) => (part.split(/^s+\./i)[1] ?? "").length));
  const seconds = Math.round(value * DAY * 10 ** places) / 10 ** places;
  const day = Math.floor(seconds / DAY);
  // In the calendar of spreadsheets there is a day before the first of January 1900, and a 29th of February in that year.
  const date = new Date((day - SINCE + (day > 0 && day < 60 ? 1 : 0)) * DAY * 1000);
  const [dayOfMonth, month] = day === 0 ? [0, 0] : day === 60 ? [29, 1] : [date.getUTCDate(), date.getUTCMonth()];
  const monthDate = new Date(Date.UTC(2000, month));
  const [hour, minute] = [Math.floor((seconds % DAY) / 3600), Math.floor((seconds % 3600) / 60)];
  const noon = parts.some((part) => /^a/i.test(part));
  const letterOf = (part: string): string => part.toLowerCase().replace("[", "")[0]!;
  const timed = parts.map(letterOf).map((letter, i) => ({ letter, i })).filter(({ letter }) => /[ymdhs]/.test(letter));
  const isMinute = (i: number): boolean => {
    const at = timed.findIndex((one) => one.i === i);
    return timed[at - 1]?.letter === "h" || timed[at + 1]?.letter === "s";
  };
  const elapsed: Record<string, number> = { h: 3600, m: 60, s: 1 };
  return parts
    .map((part, i) => {
      const letter = letterOf(part);
      const letters = part.split(".")[0]!.length;
      if (part[0] === "[") return two(Math.floor(seconds / elapsed[letter]!), letters - 2);
      switch (letter) {
        case "y":
          return String(day < 61 ? 1900 : date.getUTCFullYear()).slice(letters > 2 ? 0 : 2);
        case "m":
          return isMinute(i) ? two(minute, letters) : letters > 2 ? name(monthDate, "month", letters) : two(month + 1, letters);
        case "d":
          // The first day is a Sunday there.
          return letters > 2 ? name(new Date(Date.UTC(2022, 11, 31 + (day % 7))), "weekday", letters) : two(dayOfMonth, letters);
        case "h":
          return two(noon ? hour % 12 || 12 : hour, letters);
        case "s":
          return two(Math.floor(seconds % 60), letters) + (part.includes(".") ? (seconds % 1).toFixed(places).slice(1) : "");
        case "a":
          return part.length > 3 ? (hour < 12 ? "AM" : "PM") : part[hour < 12 ? 0 : 2]!;
        default:
          return part.replace(/^["\\]|"$/g, "");
      }
    })
    .join("");
}
