import test from "ava";
import fc from "fast-check";
import { safePath, uniquePaths } from "../../src/metainfo/index.ts";
import { refuses } from "../support/refusals.ts";

const unique = test.macro((t, paths: readonly string[], expected: readonly string[]) => {
  t.deepEqual(
    uniquePaths(paths.map((path) => path.split("/"))).map((path) => path.join("/")),
    [...expected],
  );
});

test("case 20: names that differ stay", unique, ["d/a", "d/b", "e/a"], ["d/a", "d/b", "e/a"]);
test(
  "case 20: the first of equal names stays",
  unique,
  ["a.txt", "a.txt", "a.txt"],
  ["a.txt", "a.1.txt", "a.2.txt"],
);
test(
  "case 20: names equal but for case collide",
  unique,
  ["d/Read.me", "D/READ.ME"],
  ["d/Read.me", "D/READ.1.ME"],
);
test(
  "case 20: names equal in another Unicode form collide",
  unique,
  ["é", "e\u0301", "É"],
  ["é", "e\u0301.1", "É.2"],
);
test(
  "case 20: special cases of case collide",
  unique,
  ["ſ", "s", "σ", "ς", "\u212a", "k"],
  ["ſ", "s.1", "σ", "ς.1", "\u212a", "k.1"],
);
test(
  "case 20: a file is renamed for a folder of its name, in any order",
  unique,
  ["a", "a/b", "A/c"],
  ["a.1", "a/b", "A/c"],
);
test(
  "case 20: a file is renamed for a folder that comes first",
  unique,
  ["a/b/c", "A/B"],
  ["a/b/c", "A/B.1"],
);
test("case 20: a number that is taken is skipped", unique, ["a.1", "a", "a"], ["a.1", "a", "a.2"]);
test(
  "case 20: a later file with a number that was given is renamed",
  unique,
  ["a", "a", "a.1"],
  ["a", "a.1", "a.1.1"],
);
test(
  "case 20: a number that is a folder is skipped",
  unique,
  ["a", "a", "a.1/x"],
  ["a", "a.2", "a.1/x"],
);

test("case 20: 500 files may be renamed, and no more", (t) => {
  const equal = (count: number) => Array.from({ length: count }, () => ["same"]);
  t.is(new Set(uniquePaths(equal(501)).map((path) => path.join("/"))).size, 501);
  refuses(t, "torrent-limit", () => uniquePaths(equal(502)));
  refuses(t, "torrent-limit", () => uniquePaths(equal(100_000)));
});

/** A path that counts how often a name is put behind its folder. */
class CountedPath extends Array<string> {
  static tries = 0;
  override [Symbol.iterator](): ArrayIterator<string> {
    CountedPath.tries += 1;
    return super[Symbol.iterator]();
  }
}

test("case 20: 500 equal names are numbered without trying every number for each", (t) => {
  const paths = Array.from({ length: 501 }, () => CountedPath.of("folder", "same"));
  t.deepEqual([...(uniquePaths(paths).at(-1) ?? [])], ["folder", "same.500"]);
  t.true(CountedPath.tries < 2 * paths.length, `${CountedPath.tries} names were tried`);
});

test("case 20: no two paths are equal on any system, no file is a folder, and the result is always the same", (t) => {
  const part = fc.constantFrom("a", "A", "a.1", "b", "é", "e\u0301", "a.txt", "A.TXT");
  const path = fc.array(part, { minLength: 1, maxLength: 3 }).map(safePath);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 40 }), (paths) => {
      const result = uniquePaths(paths);
      const keys = result.map((each) => each.join("/").normalize("NFC").toLowerCase());
      t.is(new Set(keys).size, keys.length);
      for (const key of keys) t.false(keys.some((other) => other.startsWith(`${key}/`)));
      t.deepEqual(uniquePaths(paths), result);
    }),
    { numRuns: 300 },
  );
});
