import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import {
  maxNameBytes,
  maxPathParts,
  maxRelativePathBytes,
  numberedName,
  safePath,
  safePathPart,
  utf8Length,
} from "../../src/metainfo/index.ts";

const becomes = test.macro((t, name: string, safe: string | undefined) => {
  t.is(safePathPart(name), safe);
});

for (const [name, safe] of [
  ["..", undefined],
  [".", undefined],
  ["", undefined],
  ["/etc/passwd", "_etc_passwd"],
  ["../../x", ".._.._x"],
  ["C:", "C_"],
  ["C:\\Windows", "C__Windows"],
  ["\\\\host\\share", "__host_share"],
  ["a\\..\\b", "a_.._b"],
  ["...", "_"],
  [".. ", "_"],
  ["\u200b..", "_"],
  [".\u202e.", "_"],
] as const) {
  test(`case 14: ${JSON.stringify(name)} is stored safely as ${safe}`, becomes, name, safe);
}

for (const [name, safe] of [
  ["a\0b", "a_b"],
  ["a\nb\u001b[2J", "a_b_[2J"],
  ["a\u007f\u0085b", "a__b"],
  ["photo\u202egpj.exe", "photogpj.exe"],
  ["a\u200b\u200d\ufeff\u2066b", "ab"],
  ["a\u{e0041}\u{e007f}b", "ab"],
  ["a\u2028b", "a_b"],
  ["a\ufffdb", "a_b"],
  ["a\ud800b", "a_b"],
  ["a\uffffb", "a_b"],
  ["\u200b", "_"],
  ["Größe 日本語 🎵.mp3", "Größe 日本語 🎵.mp3"],
  [".bashrc", ".bashrc"],
  [" leading", " leading"],
] as const) {
  test(`case 17: ${JSON.stringify(name)} is stored as ${safe}`, becomes, name, safe);
}

for (const [name, safe] of [
  ["CON", "_CON"],
  ["con", "_con"],
  ["NUL.txt", "_NUL.txt"],
  ["Aux .tar.gz", "_Aux .tar.gz"],
  ["COM1", "_COM1"],
  ["LPT².x", "_LPT².x"],
  ["CONIN$", "_CONIN$"],
  ["CON.", "_CON"],
  ["CONSOLE", "CONSOLE"],
  ["COM10", "COM10"],
  ["trailing. . .", "trailing"],
  ["trailing ", "trailing"],
  ["a:b", "a_b"],
  ['<a>|"b"?*', "_a___b___"],
] as const) {
  test(`case 18: ${JSON.stringify(name)} is ${safe} on every system`, becomes, name, safe);
}

test("case 18: a device name that cutting makes is changed too", (t) => {
  t.is(safePathPart(`CON${" ".repeat(300)}x`), "_CON");
  t.is(safePathPart(`AUX${".".repeat(300)}`), "_AUX");
});

test("case 19: a long name is cut to 240 bytes and its extension", (t) => {
  t.is(safePathPart(`${"a".repeat(300)}.flac`), `${"a".repeat(240)}.flac`);
  t.is(safePathPart("a".repeat(300)), "a".repeat(240));
  t.is(safePathPart("a".repeat(255)), "a".repeat(255));
  t.is(safePathPart(`${"a".repeat(300)}.${"b".repeat(20)}`), "a".repeat(240));
});

test("case 19: only the start and the extension of a name of megabytes are read", (t) => {
  t.is(safePathPart(`${"\u0001a".repeat(5_000_000)}.flac`), `${"_a".repeat(120)}.flac`);
  t.is(safePathPart("\u200b".repeat(10_000_000)), "_");
});

test("case 19: no character is cut in two", (t) => {
  const name = safePathPart(`${"🎵".repeat(100)}.mp3`) ?? "";
  t.is(name, `${"🎵".repeat(60)}.mp3`);
  t.true(name.isWellFormed());
});

test("case 19: a path that is too long is cut in all its long parts", (t) => {
  const path = safePath(Array.from({ length: 30 }, (_, i) => `${String(i)}${"x".repeat(250)}.txt`));
  t.is(path.length, 30);
  t.true(utf8Length(path.join("/")) <= maxRelativePathBytes);
  t.true(path.every((part) => part.endsWith(".txt")));
});

test("case 21: empty parts of a path are left out, and an empty path gets a name", (t) => {
  t.deepEqual(safePath(["a", "", ".", "..", "b"]), ["a", "b"]);
  t.deepEqual(safePath([]), ["_"]);
  t.deepEqual(safePath(["..", "..", "."]), ["_"]);
});

test("a number goes in front of the extension, and the name stays in its bounds", (t) => {
  t.is(numberedName("a.txt", 1), "a.1.txt");
  t.is(numberedName("a", 12), "a.12");
  t.is(numberedName(".bashrc", 1), ".bashrc.1");
  t.true(utf8Length(numberedName("a".repeat(255), 500)) <= maxNameBytes);
  t.true(utf8Length(numberedName(`${"a".repeat(240)}.${"b".repeat(14)}`, 500)) <= maxNameBytes);
});

const hostilePart = fc.array(
  fc.constantFrom(
    ..."a.. /\\:C<\0\u202e\u200b\ufeff🎵é".split(""),
    "CON",
    "NUL",
    "..",
    "\ud800",
    "x".repeat(200),
  ),
  { maxLength: 8 },
);

test("case 14: no name leads out of its folder or is refused by a system", (t) => {
  fc.assert(
    fc.property(
      fc.array(
        hostilePart.map((parts) => parts.join("")),
        { maxLength: maxPathParts },
      ),
      (names) => {
        const path = safePath(names);
        t.true(path.length > 0);
        t.true(utf8Length(path.join("/")) <= maxRelativePathBytes);
        for (const part of path) {
          t.false(part === "" || part === "." || part === "..");
          t.true(utf8Length(part) <= maxNameBytes);
          t.notRegex(
            part,
            /[/\\<>:"|?*\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[. ]$/u,
          );
          t.notRegex(part, /^(con|nul)(\.|$)/i);
          t.true(part.isWellFormed());
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("a safe name stays unchanged", (t) => {
  fc.assert(
    fc.property(hostilePart, (parts) => {
      const once = safePathPart(parts.join(""));
      if (once !== undefined) t.is(safePathPart(once), once);
      t.pass();
    }),
    { numRuns: 1_000 },
  );
});

test("the UTF-8 length of text is that of the encoder", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), (text) => {
      t.is(utf8Length(text), new TextEncoder().encode(text).length);
    }),
  );
});
