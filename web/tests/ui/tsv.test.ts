import { expect, test } from "vitest";
import { readTsv, writeTsv } from "../../src/ui/tsv.js";

test("what Excel puts on the clipboard is read", () => {
  expect(readTsv("1\t2\r\n3\t4\r\n")).toEqual([["1", "2"], ["3", "4"]]);
  expect(readTsv("a")).toEqual([["a"]]);
  expect(readTsv("\t\n\t")).toEqual([["", ""], ["", ""]]);
});

test("quotes hold tabs, line ends and quotes", () => {
  expect(readTsv('"a\tb"\t"say ""yes"""\n"two\nlines"\tc')).toEqual([["a\tb", 'say "yes"'], ["two\nlines", "c"]]);
  expect(readTsv('5" wide\tb')).toEqual([['5" wide', "b"]]);
});

test("an empty cell in the middle and at the end stays", () => {
  expect(readTsv("a\t\tb\n\tc\t")).toEqual([["a", "", "b"], ["", "c", ""]]);
});

test.each([
  [[["1", "2"], ["", "x"]]],
  [[['with "quotes"', "tab\there"], ["line\nend", "=A1"]]],
  [[["</script>", "<b>"]]],
])("what is written is read again", (rows) => {
  expect(readTsv(writeTsv(rows))).toEqual(rows);
});
