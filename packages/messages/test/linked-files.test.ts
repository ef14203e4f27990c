import test from "ava";
import fc from "fast-check";
import type { TorrentKey } from "@troupe/protocol/identity";
import { decodeLinkedFiles, encodeLinkedFiles, linksPath } from "../src/linked-files.ts";
import { RecordError } from "../src/record-error.ts";

const aHard = fc.record({
  way: fc.constant("hard" as const),
  inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});
const aSymlink = fc.record({
  way: fc.constant("symlink" as const),
  target: fc.string({ unit: "grapheme", minLength: 1 }).filter((path) => !path.includes("\0")),
});
const someLinks = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 9_999_999 }), fc.oneof(aHard, aSymlink)),
);

test("E15: a record of linked files is read as it was written", (t) => {
  fc.assert(
    fc.property(someLinks, (links) => {
      const files = new Map(links.toSorted(([one], [other]) => one - other));
      t.deepEqual(decodeLinkedFiles(encodeLinkedFiles(files)), files);
    }),
  );
});

const damaged: readonly (readonly [string, string])[] = [
  ["is no JSON", "{"],
  ["is a list", "[]"],
  ["has another version", '{"version":2,"links":{}}'],
  ["has no links", '{"version":1}'],
  ["names no file", '{"version":1,"links":{"-1":{"inode":"1"}}}'],
  ["has a link without a place", '{"version":1,"links":{"0":{}}}'],
  ["has an inode that is no number", '{"version":1,"links":{"0":{"inode":"0x1"}}}'],
  ["has an empty path", '{"version":1,"links":{"0":{"target":""}}}'],
  ["has a path with a zero byte", '{"version":1,"links":{"0":{"target":"a\\u0000b"}}}'],
];
for (const [what, text] of damaged) {
  test(`a record of linked files that ${what} is refused`, (t) => {
    t.throws(() => decodeLinkedFiles(new TextEncoder().encode(text)), {
      instanceOf: RecordError,
      code: "record-damaged",
    });
  });
}

test("bytes that are no record of linked files are a RecordError, whatever they are", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      t.throws(() => decodeLinkedFiles(bytes), { instanceOf: RecordError });
    }),
  );
});

test("the record of linked files lies in Troupe's own folder", (t) => {
  const key = "a".repeat(40) as TorrentKey;
  t.is(linksPath(key), `.troupe/${key}.links`);
});
