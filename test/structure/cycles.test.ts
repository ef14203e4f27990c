// Files that import each other in a ring, also by types alone, can only be understood together: few may.

import test from "ava";
import { readRepositoryFile } from "../support/files/repository.ts";
import { importsOf, listSources, type Import } from "./imports.ts";

const mostFiles = 4;

const sources = listSources();
const imports = sources
  .flatMap((path) => importsOf(path, readRepositoryFile(path)))
  .filter(({ to }) => to.startsWith("packages/") && /\.tsx?$/.test(to));

/** Groups of files in which each file reaches every other by imports. */
function ringsOf(all: readonly Import[]): string[][] {
  const importsFrom = Map.groupBy(all, ({ from }) => from);
  const reachedFrom = (start: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const waiting = [start];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      for (const { to } of importsFrom.get(path) ?? []) {
        if (reached.has(to)) continue;
        reached.add(to);
        waiting.push(to);
      }
    }
    return reached;
  };
  const reached = new Map([...importsFrom.keys()].map((path) => [path, reachedFrom(path)]));
  const rings = [...reached].map(([path, others]) =>
    [...others].filter((other) => reached.get(other)?.has(path) === true).toSorted(),
  );
  return [...new Map(rings.map((ring) => [ring.join(), ring])).values()].filter(
    ({ length }) => length > 0,
  );
}

const tooLarge = (rings: readonly string[][]) => rings.filter(({ length }) => length > mostFiles);

test("every source file is seen, and every import between files leads to one", (t) => {
  t.true(sources.length > 400, `${sources.length} files`);
  t.true(sources.filter((path) => path.endsWith(".tsx")).length > 40);
  t.true(imports.some(({ isType }) => isType));
  t.deepEqual(
    imports.filter(({ to }) => !sources.includes(to)),
    [],
  );
});

test("a planted ring of five files is found, one of four is let pass", (t) => {
  const line = { isType: true, isDynamic: false };
  const ring = (length: number) =>
    Array.from({ length }, (_, file) => ({
      ...line,
      from: `planted-${file}`,
      to: `planted-${(file + 1) % length}`,
    }));
  const entrance = { ...line, from: "entrance", to: "planted-0" };
  t.deepEqual(tooLarge(ringsOf([...imports, entrance, ...ring(4)])), tooLarge(ringsOf(imports)));
  t.deepEqual(tooLarge(ringsOf([entrance, ...ring(5)])), [
    [0, 1, 2, 3, 4].map((file) => `planted-${file}`),
  ]);
});

test("at most four files import each other in a ring", (t) => {
  t.deepEqual(tooLarge(ringsOf(imports)), []);
});
