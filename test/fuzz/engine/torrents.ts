// Torrents to begin with, and a repair that makes changed ones agree with themselves again.

import { type Plain, type Tree, bencoded } from "./bencode-tree.ts";
import { bencodeMutator } from "./mutate-bencode.ts";
import type { Mutator } from "./target.ts";
import type { Random } from "./random.ts";

const piece = 16_384;

function info(more: { readonly [key: string]: Plain }): { readonly [key: string]: Plain } {
  return { name: "name", "piece length": piece, ...more };
}

/** Sound torrents of each kind that there is. */
export function torrentSeeds(): Uint8Array[] {
  const root = new Uint8Array(32).fill(5);
  const hashes = (count: number): Uint8Array => new Uint8Array(20 * count).fill(7);
  const one = info({ length: 40_000, pieces: hashes(3) });
  const files = [
    { length: 10, path: ["a", "b.txt"] },
    { length: 6, path: [".pad", "6"], attr: "p" },
    { length: 0, path: ["a", "empty"] },
    { length: 20_000, path: ["c"], "path.utf-8": ["ç"] },
    { path: ["link"], attr: "l", "symlink path": ["a", "b.txt"] },
  ];
  return [
    bencoded({ announce: "http://t.example/announce?key=1", info: one }),
    bencoded({
      announce: "udp://t.example:1",
      "announce-list": [["http://a.example/announce", "https://b.example/"], ["udp://c.example:2"]],
      comment: "a comment",
      "created by": "program/1",
      "creation date": 1_700_000_000,
      info: info({ files, pieces: hashes(2), private: 1, "name.utf-8": "näme" }),
    }),
    bencoded({
      info: info({
        "file tree": { name: { "": { length: 1, "pieces root": root } } },
        "meta version": 2,
        length: 1,
        pieces: hashes(1),
      }),
    }),
    bencoded({
      info: info({
        "file tree": {
          a: { b: { "": { length: 9, "pieces root": root } } },
          c: { "": { length: 8, "pieces root": root } },
        },
        "meta version": 2,
        files: [
          { length: 9, path: ["a", "b"] },
          { length: 16_375, path: [".pad", "16375"], attr: "p" },
          { length: 8, path: ["c"] },
        ],
        pieces: hashes(2),
      }),
    }),
    bencoded({ info: info({ "file tree": {}, "meta version": 2 }) }),
    bencoded({ "announce-list": ["http://flat.example/"], info: one }),
    bencoded({
      info: one,
      nodes: [
        ["router.example", 6_881],
        ["192.0.2.7", 1],
        ["2001:db8::1", 65_535],
      ],
    }),
    bencoded({
      info: info({
        files: ["a", "A", "a/b", "a\u0301", "á", "CON", "..", ""].map((name) => ({
          length: 1,
          path: [name],
        })),
        pieces: hashes(1),
      }),
    }),
  ];
}

const keys = [
  ..."announce|announce-list|comment|comment.utf-8|created by|creation date|info|url-list|nodes".split(
    "|",
  ),
  ..."name|name.utf-8|piece length|pieces|length|files|path|path.utf-8|attr|private|file tree".split(
    "|",
  ),
  ..."meta version|symlink path|piece layers|pieces root|md5sum|encoding".split("|"),
];

const strings = [
  ..."http://t.example/|https://a:b@c/|udp://[::1]:1|javascript:x|http://xn--e1afmkfd/|file:///etc".split(
    "|",
  ),
  ..."../../etc/passwd|/abs|\\\\host\\x|C:|a:b|CON|con.txt|COM¹|aux .txt|. .|...|a.|é|e\u0301|\u202e".split(
    "|",
  ),
  ..."\u0000|\u001b[2J|\ufffd|\ufeff|ﬁ|ß|ẞ|İ|ı|ſ|K|/|\\|p|l|x|h|".split("|"),
  "x".repeat(300),
  "é".repeat(200),
  `${"y".repeat(250)}.torrent`,
  Uint8Array.of(0xc3, 0x28),
  Uint8Array.of(0xed, 0xa0, 0x80),
];

/** Changes torrents; the number of pieces mostly agrees with the lengths afterwards. */
export const mutateTorrent: Mutator = bencodeMutator({ keys, strings, repair });

function repair(tree: Tree, random: Random): void {
  const description = entryOf(tree, "info");
  if (description?.kind !== "dictionary") return;
  const lengths = [entryOf(description, "length"), ...itemsOf(entryOf(description, "files"))];
  let total = 0;
  for (const value of lengths)
    total += Number(digitsOf(value) ?? digitsOf(entryOf(value, "length")) ?? 0);
  const pieceLength = Number(digitsOf(entryOf(description, "piece length")) ?? 0);
  const count = Math.ceil(total / pieceLength);
  if (!(count > 0 && count <= 100)) return;
  const pieces = { kind: "string", bytes: random.bytes(20 * count) } as const;
  const at = description.entries.findIndex(([key]) => String(Buffer.from(key)) === "pieces");
  if (at >= 0) description.entries[at] = [Buffer.from("pieces"), pieces];
}

function entryOf(tree: Tree | undefined, name: string): Tree | undefined {
  if (tree?.kind !== "dictionary") return undefined;
  return tree.entries.find(([key]) => Buffer.from(key).toString("latin1") === name)?.[1];
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === "list" ? tree.items : [];
}

function digitsOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === "integer" ? tree.digits : undefined;
}
