import test from "ava";
import fc from "fast-check";
import { countFiles, packFiles, unpackFiles, unpackOtherPaths } from "../src/file-list.ts";

const part = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !/[/\0]/.test(text));
const files = fc.array(
  fc.record({
    path: fc.array(part, { minLength: 1, maxLength: 4 }),
    lengthBytes: fc.maxSafeNat(),
    isPadding: fc.boolean(),
  }),
);

test("files are unpacked as they were packed, in order, at any offset in memory", (t) => {
  fc.assert(
    fc.property(files, fc.nat(15), (given, offset) => {
      const list = packFiles(given);
      const memory = new Uint8Array(offset + list.lengths.length);
      memory.set(list.lengths, offset);
      const moved = { ...list, lengths: memory.subarray(offset) };
      t.is(countFiles(moved), given.length);
      t.deepEqual(
        unpackFiles(moved),
        given.map((file) => ({ ...file, path: file.path.join("/") })),
      );
    }),
  );
});

test("a path with the separator is a bug, not another list", (t) => {
  const list = packFiles([{ path: ["a\0b"], lengthBytes: 1 }]);
  t.throws(() => unpackFiles(list), { instanceOf: RangeError, message: /^bug: / });
});

test("other paths are unpacked as they were packed, and take three values however many they are", (t) => {
  const given = Array.from({ length: 300 }, (_, file) => ({
    path: [`${file}`],
    lengthBytes: 1,
    otherPaths: [
      { use: "any-length", path: ["a", `${file}`] },
      { use: "twin", path: [`b${file}`] },
    ] as const,
  }));
  const list = packFiles(given);
  t.is(Object.keys(list.otherPaths ?? {}).length, 3);
  t.deepEqual(
    unpackOtherPaths(list),
    given.flatMap(({ otherPaths }, file) =>
      otherPaths.map(({ use, path }) => ({ file, use, path: path.join("/") })),
    ),
  );
  t.deepEqual(unpackOtherPaths(packFiles([])), []);
});
