// The table of files that threads load, held to the sources.

import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import test from "ava";
import { workerFiles } from "../../src/options/worker-files.ts";

const packages = new URL("../../../", import.meta.url);
const sources = globSync("*/src/**/*.ts", { cwd: packages }).filter(
  (path) => !path.endsWith(".d.ts") && path !== "cli/src/troupe.ts",
);
test("every worker and task is in the table", (t) => {
  const names = sources
    .map((path) => basename(path, ".ts"))
    .filter((name) => /\.(worker|task)$/.test(name));
  t.true(names.length > 5);
  t.deepEqual(
    names.filter((name) => !workerFiles.some((file) => file === name)),
    [],
  );
});

test("the table has exactly the files whose address is made with siblingUrl", (t) => {
  const asked = sources.flatMap((path) =>
    [...readFileSync(new URL(path, packages), "utf8").matchAll(/siblingUrl\(([^)]*)\)/g)].map(
      ([, words = ""]) => ({ path, words }),
    ),
  );
  const named = asked.flatMap(({ path, words }) => {
    const name = /^\s*import\.meta\.url,\s*"\.\/(?:.*\/)?([^"/]+)",?\s*$/.exec(words)?.[1];
    // Its own definition has types in its place.
    if (name === undefined) t.true(path.endsWith("sibling-url.ts"), `${path}: ${words}`);
    return name ?? [];
  });
  t.deepEqual([...new Set(named)].toSorted(), [...workerFiles].toSorted());
});

test("threads are started from addresses of threadFile", (t) => {
  const starters = sources.filter((path) =>
    /new (Worker|Piscina)\b/.test(readFileSync(new URL(path, packages), "utf8")),
  );
  t.true(starters.length > 0);
  for (const path of starters) {
    t.regex(readFileSync(new URL(path, packages), "utf8"), /threadFile\(/, path);
  }
});
