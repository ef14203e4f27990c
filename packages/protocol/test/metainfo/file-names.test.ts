import test from "ava";
import fc from "fast-check";
import { parseTorrent, type MetainfoFile, type NameRule } from "../../src/metainfo/index.ts";
import { folderWithPaths, torrentWith } from "../support/torrents.ts";

function filesOf(paths: readonly string[], names: NameRule = "own"): readonly MetainfoFile[] {
  return parseTorrent(folderWithPaths([...paths], { name: "n" }), { names }).files;
}

/** Without the torrent's folder. */
function named(path: readonly string[] | undefined): string | undefined {
  return path?.slice(1).join("/");
}

function othersOf(file: MetainfoFile | undefined): string[] {
  return (file?.otherPaths ?? []).map(({ use, path }) => `${use} ${named(path)}`);
}

const long = "x".repeat(251);

for (const name of [
  'a<b>c:d"e|f?g*h',
  "dot.",
  "space ",
  "...",
  " ",
  "CON",
  "nul.txt",
  ".hidden",
  "..two",
  "nfd e\u0301",
  "nfc \u00e9",
  "family \u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  "heart \u2764\ufe0f",
  `${long}.bin`,
  "é".repeat(127) + "a",
]) {
  test(`case 18: ${JSON.stringify(name.slice(0, 20))} is stored as it is`, (t) => {
    t.is(named(filesOf([name])[0]?.path), name);
  });
}

// The expected names are those of libtorrent 2.0, which qBittorrent has, too.
for (const [name, stored] of [
  ["back\\slash", "backslash"],
  ["nul\0x", "nulx"],
  ["control\u0001x\u001b[31m", "control_x_[31m"],
  ["tab\tx", "tab_x"],
  ["photo\u202egpj.exe", "photogpj.exe"],
  ["left\u200eright", "leftright"],
  [`${"z".repeat(300)}.mkv`, `${"z".repeat(240)}.mkv`],
] as const) {
  test(`case 17: ${JSON.stringify(name.slice(0, 20))} is stored as libtorrent stores it`, (t) => {
    t.is(named(filesOf([name])[0]?.path), stored);
  });
}

test("the name of a single file follows the same rule", (t) => {
  const bytes = torrentWith({ name: "Title: Part 1?.bin" });
  const own = parseTorrent(bytes);
  t.is(own.name, "Title: Part 1?.bin");
  t.deepEqual(own.files[0]?.path, ["Title: Part 1?.bin"]);
  t.deepEqual(own.files[0]?.otherPaths, [{ use: "full-length", path: ["Title_ Part 1_.bin"] }]);
  const portable = parseTorrent(bytes, { names: "portable" });
  t.is(portable.name, "Title_ Part 1_.bin");
  t.deepEqual(portable.files[0]?.path, ["Title_ Part 1_.bin"]);
  t.deepEqual(portable.files[0]?.otherPaths, [{ use: "any-length", path: ["Title: Part 1?.bin"] }]);
});

test("a file may lie at the path of the other rule, and where libtorrent cuts its name", (t) => {
  const cut = `${"x".repeat(240)}.bin`;
  const [one, two, plain] = filesOf(["sub. /a|b", `${long}.bin`, "plain"]);
  t.deepEqual(othersOf(one), ["full-length sub/a_b"]);
  t.deepEqual(othersOf(two), [`any-length ${cut}`]);
  t.is(plain?.otherPaths, undefined);
  const [portable] = filesOf(["sub. /a|b", `${long}.bin`, "plain"], "portable");
  t.deepEqual(othersOf(portable), ["any-length sub. /a|b"]);
});

test("no path is that of two files", (t) => {
  const [one, two] = filesOf(["a:b", "a_b"]);
  t.deepEqual(othersOf(one), [], "the other file has that path");
  t.deepEqual(othersOf(two), ["full-length a_b.1"]);
  const [file] = filesOf(["a?", "a_/b"]);
  t.deepEqual(othersOf(file), ["full-length a_.1"], "a folder has the path a_");
});

test("files whose paths differ in case alone keep them, and know each other", (t) => {
  const files = filesOf(["README", "readme", "Dir/x", "dir/y", "e\u0301", "\u00e9"]);
  t.deepEqual(
    files.map(({ path }) => named(path)),
    ["README", "readme", "Dir/x", "dir/y", "e\u0301", "\u00e9"],
  );
  t.deepEqual(files.map(othersOf), [
    [],
    ["any-length readme.1", "no-case readme.1", "twin README"],
    [],
    [],
    [],
    ["any-length \u00e9.1", "no-case \u00e9.1", "twin e\u0301"],
  ]);
});

test("all files have their path where case is ignored, also a file whose path another has there", (t) => {
  const files = filesOf(["a", "A", "a.1"]);
  t.deepEqual(files.map(othersOf), [
    [],
    ["no-case A.1", "twin a"],
    ["any-length a.1.1", "no-case a.1.1"],
  ]);
});

test("a torrent with too many folders has no other paths, and its paths differ also without case", (t) => {
  const deep = (count: number): string[] =>
    Array.from({ length: count }, (_, file) => `${file}/${"a/".repeat(97)}:`);
  const few = filesOf(["README", "readme", ...deep(10)]);
  t.is(few.filter(({ otherPaths }) => otherPaths !== undefined).length, 11);
  for (const rule of ["own", "portable"] as const) {
    const many = filesOf(["README", "readme", ...deep(900)], rule);
    t.true(many.every(({ otherPaths }) => otherPaths === undefined));
    t.is(named(many[1]?.path), "readme.1");
    t.is(many[2]?.path.at(-1), rule === "own" ? ":" : "_");
  }
});

test("no path that a file may have is that of another file or folder, under either rule", (t) => {
  const part = fc.array(fc.constantFrom("a", "A", "_", ":", ".", " ", "1", "\u200d"), {
    minLength: 1,
    maxLength: 3,
  });
  const path = fc.array(part, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 8 }), (paths) => {
      const texts = paths.map((parts) => parts.map((part) => part.join("")).join("/"));
      for (const rule of ["own", "portable"] as const) {
        const files = filesOf(texts, rule);
        const own = new Set(files.map((file) => file.path.join("/")));
        t.is(own.size, files.length);
        const seen = new Map<string, number>();
        for (const [index, { path: main, otherPaths = [] }] of files.entries()) {
          const used = otherPaths.filter(({ use }) => use.endsWith("-length"));
          for (const { path: other } of used) {
            const key = other.join("/").toLowerCase();
            t.is(seen.get(key) ?? index, index);
            seen.set(key, index);
          }
          for (const [at, file] of files.entries()) {
            if (at === index) continue;
            t.false(used.some((one) => isAtOrAbove(one.path, file.path)));
          }
          const noCase = otherPaths.find(({ use }) => use === "no-case")?.path ?? main;
          t.true(noCase.every((name) => !["", ".", ".."].includes(name)));
        }
        const hasTwins = files.some((file) => othersOf(file).some((one) => one.startsWith("twin")));
        if (!hasTwins) continue;
        const apart = files.map((file) => {
          const found = file.otherPaths?.find(({ use }) => use === "no-case");
          return (found?.path ?? file.path).join("/").toLowerCase();
        });
        t.is(new Set(apart).size, files.length);
      }
    }),
  );
});

function isAtOrAbove(path: readonly string[], other: readonly string[]): boolean {
  return path.every((name, at) => name.toLowerCase() === other[at]?.toLowerCase());
}
