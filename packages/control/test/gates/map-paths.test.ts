import test from "ava";
import { either, flag, list, map, path, record, text, type Gate } from "../../src/gates/gate.ts";
import { mapPaths } from "../../src/gates/map-paths.ts";

const place = record({ name: text("[a-z]+", "a name"), directory: path("folder") }, ["directory"]);

const cases: readonly (readonly [Gate, unknown, unknown])[] = [
  [path("file"), "a", "file:a"],
  [path("folder"), null, null],
  [list(path("folder"), 9), ["a", "b"], ["folder:a", "folder:b"]],
  [place, { name: "x", directory: "a" }, { name: "x", directory: "folder:a" }],
  [
    map(text("[a-z]+", "a name"), place, 9),
    { g: { directory: "a" } },
    { g: { directory: "folder:a" } },
  ],
  [either(flag, place), true, true],
  [either(flag, place), { directory: "a" }, { directory: "folder:a" }],
];

test("paths are replaced wherever a gate has one, and nothing else is", async (t) => {
  for (const [gate, value, expected] of cases)
    t.deepEqual(await mapPaths(gate, value, async (each, of) => `${of}:${each}`), expected);
});

test("a value whose gate has no path is not copied", async (t) => {
  const value = [true, false];
  t.is(await mapPaths(list(flag, 9), value, () => Promise.reject(new Error("asked"))), value);
});

test("a refused path refuses the value", async (t) => {
  const refuse = (): Promise<string> => Promise.reject(new Error("refused"));
  await t.throwsAsync(mapPaths(list(place, 9), [{ directory: "a" }], refuse), {
    message: "refused",
  });
});
