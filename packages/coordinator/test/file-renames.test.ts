import test from "ava";
import type { FileRename } from "@troupe/control";
import { refuseRenames, renamedFiles } from "../src/file-renames.ts";

const paths = ["t/a", undefined, "t/sub/b", "t/sub/c"];

function rename(...pairs: readonly string[]): FileRename[] {
  return pairs.map((pair) => {
    const [from = "", to = ""] = pair.split("=");
    return { from, to };
  });
}

/** The code of the refusal, or the paths afterwards. */
function outcome(...pairs: readonly string[]): string | readonly (string | undefined)[] {
  const renames = rename(...pairs);
  const refusal = refuseRenames(paths, renames);
  if (refusal !== undefined) return refusal.refused;
  const renamed = renamedFiles(paths, renames);
  return paths.map((path, file) => renamed.get(file)?.path ?? path);
}

test("E11: a file gets its new path, and every file of a folder", (t) => {
  t.deepEqual(outcome(), paths);
  t.deepEqual(outcome("t/a=x/y"), ["x/y", undefined, "t/sub/b", "t/sub/c"]);
  t.deepEqual(outcome("t/sub=u"), ["t/a", undefined, "u/b", "u/c"]);
  t.deepEqual(outcome("t=u", "u/a=z", "u/sub/b=t/a"), ["z", undefined, "t/a", "u/sub/c"]);
  t.deepEqual(outcome("t/a=tmp", "t/sub/b=t/a", "tmp=t/sub/b"), [
    "t/sub/b",
    undefined,
    "t/a",
    "t/sub/c",
  ]);
});

test("E11: earlier paths stay known, without the present one", (t) => {
  const renamed = renamedFiles(paths, rename("t/a=x", "x=y", "y=t/a"));
  t.deepEqual(renamed.get(0), { path: "t/a", earlier: ["x", "y"] });
  t.is(renamedFiles(paths, rename("t/sub=u")).size, 2);
});

for (const [code, ...pairs] of [
  ["rename-unknown", "t/b=x"],
  ["rename-unknown", "t/su=x"],
  ["rename-unknown", "t/a=x", "t/a=y"],
  ["rename-taken", "t/a=t/sub/b"],
  ["rename-taken", "t/a=t/SUB/B"],
  ["rename-taken", "t/a=t/sub"],
  ["rename-taken", "t/a=t/sub/b/x"],
  ["rename-taken", "t/sub/b=t/a/b"],
  ["rename-unsafe", "t/a=../a"],
  ["rename-unsafe", "t/a=/a"],
  ["rename-unsafe", "t/a=a/"],
  ["rename-unsafe", "t/a=a//b"],
  ["rename-unsafe", "t/a=./a"],
  ["rename-unsafe", "t/a=a\\b"],
  ["rename-unsafe", "t/a=a\0b"],
  ["rename-unsafe", "t/a=a\u202eb"],
  ["rename-unsafe", `t/a=${"x".repeat(256)}`],
  ["rename-unsafe", `t/sub=${"x/".repeat(99)}x`],
  ["job-name-reserved", "t/a=.troupe/record"],
  ["job-name-reserved", "t/sub=.Troupe"],
  ["job-name-reserved", `t/a=.${"0f".repeat(20)}.parts`],
  ["job-name-reserved", `t/sub=.${"0F".repeat(32)}.PARTS`],
] as const) {
  test(`E11: ${JSON.stringify(pairs.map((pair) => pair.slice(0, 20)))} is refused: ${code}`, (t) => {
    t.is(outcome(...pairs), code);
  });
}

test("E11: with portable names a name that Windows forbids is refused", (t) => {
  const renames = rename("t/a=a?");
  t.is(refuseRenames(paths, renames), undefined);
  t.is(refuseRenames(paths, renames, { rule: "portable" })?.refused, "rename-unsafe");
});

test("E10, E11: no file is renamed so that its path and another one differ in the suffix alone", (t) => {
  const suffix = ".part";
  for (const pair of ["t/a=t/sub/b.part", "t/a=t/sub/B.PART", "t/sub/b=t/a.part"]) {
    t.is(refuseRenames(paths, rename(pair), { suffix })?.refused, "rename-taken", pair);
    t.is(refuseRenames(paths, rename(pair)), undefined, pair);
  }
  const swapped = rename("t/a=t/sub/b.part", "t/sub/b=x");
  t.is(refuseRenames(paths, swapped, { suffix }), undefined);
  const natural = ["a", "a.part", "b"];
  t.is(refuseRenames(natural, rename("b=c"), { suffix }), undefined);
});

test("E11: in a torrent whose names differ in case alone, other files are renamed", (t) => {
  t.is(refuseRenames(["a", "A", "b"], rename("b=c")), undefined);
  t.is(refuseRenames(["t/a", "t/A", "t/A/b"], rename("t=u")), undefined);
});

test("E11: in a torrent whose names differ in case alone, no further file gets such a name", (t) => {
  for (const pair of ["b=A", "b=C", "b=c/D", "c/d=B", "c=B", "b=a/x"]) {
    const renames = rename(pair);
    t.is(refuseRenames(["a", "A", "b", "c/d"], renames)?.refused, "rename-taken", pair);
  }
});

test("E11: a torrent keeps a bounded number of renames, and bytes of paths", (t) => {
  const swaps = Array.from({ length: 2_001 }, (_, at) => (at % 2 === 0 ? "t/a=x" : "x=t/a"));
  t.is(refuseRenames(paths, rename(...swaps.slice(1_000))), undefined);
  t.is(refuseRenames(paths, rename(...swaps))?.refused, "rename-limit");
  const long = `${"y".repeat(200)}/${"z".repeat(200)}`;
  const many = Array.from({ length: 900 }, (_, at) =>
    at % 2 === 0 ? `t/a=${long}` : `${long}=t/a`,
  );
  t.is(refuseRenames(paths, rename(...many))?.refused, "rename-limit");
});
