import test from "ava";
import fc from "fast-check";
import { linkTargets, type LinkableEntry } from "../../src/metainfo/link-targets.ts";
import { parseTorrent } from "../../src/metainfo/index.ts";
import { bencoded } from "../support/bytes.ts";
import { folderOf } from "../support/torrents.ts";

/** `path` is a file, `path -> target` a link. */
function entriesOf(...sketches: readonly string[]): LinkableEntry[] {
  return sketches.map((sketch) => {
    const [path = "", target] = sketch.split(" -> ");
    const names = ["T", ...path.split("/")];
    const file = { names, isPadding: false, isLink: target !== undefined };
    return target === undefined ? file : { ...file, linkPath: target.split("/") };
  });
}

/** The links that lead somewhere: `index: file`, or `index: file^levels`. */
function spell(...sketches: readonly string[]): string {
  return [...linkTargets(entriesOf(...sketches))]
    .map(([link, { file, levelsUp }]) => `${link}: ${file}${levelsUp > 0 ? `^${levelsUp}` : ""}`)
    .join(", ");
}

test("a link leads to a file, or to a folder as levels above a file in it", (t) => {
  t.is(spell("a", "d/e/f", "l -> a", "x/l -> d/e", "m -> d"), "2: 0, 3: 1^1, 4: 1^2");
});

test("A18, case 15: a link that leads out of the torrent leads nowhere", (t) => {
  for (const target of [
    "..",
    "../a",
    "",
    ".",
    "/",
    "/etc/passwd",
    "a/..",
    "d/../../a",
    "none",
    "d/none",
  ])
    t.is(spell("a", "d/b", `l -> ${target}`), "", target);
});

test("A18, case 15: a link leads through other links to the file behind them", (t) => {
  t.is(spell("d/a", "l -> m", "m -> d/a"), "1: 0, 2: 0");
  t.is(spell("d/a", "l -> m/a", "m -> d"), "1: 0, 2: 0^1");
  t.is(spell("d/a", "l -> m/..", "m -> d"), "2: 0^1");
});

test("A18, case 15: loops, and links to themselves or to a folder above them, lead nowhere", (t) => {
  t.is(spell("a", "l -> l"), "");
  t.is(spell("a", "l -> m", "m -> l", "n -> l"), "");
  t.is(spell("a", "l -> m/x", "m -> l/x"), "");
  t.is(spell("d/e/a", "d/e/l -> d", "d/m -> d", "d/e/n -> d/e"), "");
  const chain = Array.from({ length: 40 }, (_, at) => `l${at} -> l${at + 1}`);
  t.is(spell("a", ...chain, "l40 -> a").split(", ").length, 33);
});

test("A18, case 15: a link whose path is also that of a file, a folder or another link leads nowhere", (t) => {
  t.is(spell("a", "l", "l -> a"), "");
  t.is(spell("a", "l/b", "l -> a", "m -> l/b", "n -> l"), "");
  t.is(spell("a", "b", "l -> a", "l -> b", "m -> l"), "");
  t.is(spell("a", "a", "l -> a"), "");
});

test("padding is no target, and without a target a link leads nowhere", (t) => {
  const [file, ...rest] = entriesOf("a", "l -> p", "m -> p");
  const padding = { names: ["T", "p"], isPadding: true, isLink: false };
  t.is(linkTargets([...(file === undefined ? [] : [file]), ...rest, padding]).size, 0);
  t.is(linkTargets([{ names: ["T", "l"], isPadding: false, isLink: true }]).size, 0);
});

test("too many links, or names too long, cost nothing and lead nowhere", (t) => {
  const many = Array.from({ length: 10_001 }, (_, at) => `l${at} -> a`);
  t.is(linkTargets(entriesOf("a", ...many)).size, 0);
  const deep = Array.from({ length: 99 }, () => "x".repeat(255)).join("/");
  const folders = Array.from({ length: 100 }, (_, at) => `${at}/${deep}`);
  t.is(linkTargets(entriesOf("a", "l -> a", ...folders)).size, 0);
});

const names = fc.array(fc.constantFrom("a", "b", "..", ".", "", "/"), {
  minLength: 1,
  maxLength: 4,
});

test("A18, case 15: whatever the links say, each leads to a file or a folder of the torrent, not above itself", (t) => {
  const entry = fc.record(
    {
      names: names.map((path) => ["T", ...path]),
      isPadding: fc.boolean(),
      isLink: fc.boolean(),
      linkPath: names,
    },
    { requiredKeys: ["names", "isPadding", "isLink"] },
  );
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      for (const [link, { file, levelsUp }] of linkTargets(entries)) {
        const target = entries[file];
        t.true(entries[link]?.isLink);
        t.true(target !== undefined && !target.isLink && !target.isPadding);
        const path = target?.names.slice(0, target.names.length - levelsUp) ?? [];
        t.true(path.length >= 2);
        t.false(path.every((name, at) => name === entries[link]?.names[at]));
      }
    }),
    { numRuns: 2_000 },
  );
});

test("A18: a parsed torrent has its links and executable files, of version 1 and in the tree of version 2", (t) => {
  const v1 = parseTorrent(
    folderOf([
      { attr: "x", path: ["run"], length: 5 },
      { attr: "l", path: ["link"], "symlink path": ["run"] },
    ]),
  );
  t.deepEqual(
    v1.files.map(({ isExecutable, link }) => [isExecutable, link]),
    [
      [true, undefined],
      [undefined, { file: 0, levelsUp: 0 }],
    ],
  );
  const file = { attr: "x", length: 5, "pieces root": new Uint8Array(32).fill(1) };
  const v2 = parseTorrent(
    bencoded({
      info: {
        "file tree": {
          link: { "": { attr: "l", "symlink path": ["run"] } },
          run: { "": file },
        },
        "meta version": 2,
        name: "T",
        "piece length": 16_384,
      },
      "piece layers": {},
    }),
  );
  t.deepEqual(
    v2.files.map(({ isExecutable, link }) => [isExecutable, link]),
    [
      [undefined, { file: 1, levelsUp: 0 }],
      [true, undefined],
    ],
  );
});
