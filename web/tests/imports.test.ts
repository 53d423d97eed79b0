/** No circle of imports: what stands below can be read, and tested, without what stands above. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));
// Types count, too: a reader follows them as well.
const IMPORT = /^(?:import|export)\b[^;]*?"(\.[^"]+)\.js"/gm;

type Imports = ReadonlyMap<string, readonly string[]>;

function importsOf(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(
    files.map((file) => {
      const found = readFileSync(join(folder, file), "utf8").matchAll(IMPORT);
      return [file, [...found].map(([, path]) => `${join(dirname(file), path!)}.ts`)];
    }),
  );
}

/** The first circle that a walk along the imports comes upon, or null. */
function circle(imports: Imports): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, path: string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of imports.get(file) ?? []) {
      const found = walk(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

test("no file of the page imports itself through others", () => {
  const imports = importsOf(SOURCES);
  expect(imports.get("ui/app.ts")).toContain("ui/context.ts");
  const missing = [...imports.values()].flat().filter((file) => !imports.has(file));
  expect(missing).toEqual([]);
  expect(circle(imports)).toBeNull();
});

test("a circle is found", () => {
  const imports = new Map([["a", ["b", "d"]], ["b", ["c"]], ["c", ["b"]], ["d", []]]);
  expect(circle(imports)).toEqual(["b", "c", "b"]);
});
