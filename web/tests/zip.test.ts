import { expect, test } from "vitest";
import { deflated, inflated, unzipped, zipped } from "../src/zip.js";

test("an archive is read as it was written", async () => {
  const texts: [string, string][] = [["xl/a.xml", "<a>ü</a>"], ["b", ""], ["xl/c.xml", "c".repeat(70_000)]];
  const parts = await Promise.all(texts.map(([name, text]) => deflated(name, text)));
  const again = unzipped(zipped(parts));
  expect(again).toEqual(parts);
  expect(await Promise.all(again.map(async (part) => [part.name, await inflated(part)]))).toEqual(texts);
});

test("its sums are CRC-32", async () => {
  expect((await deflated("x", "123456789")).sum).toBe(0xcbf43926);
});
