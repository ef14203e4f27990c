// Torrents of version 2 and hybrids (BEP 52).

import test, { type ExecutionContext } from "ava";
import { createHash } from "node:crypto";
import { type Metainfo, parseTorrent } from "../../src/metainfo/index.ts";
import { pieceRoot, raised } from "../../src/merkle/index.ts";
import { bencoded, bytesOf, join } from "../support/bytes.ts";
import { refuses, survivesDamage } from "../support/refusals.ts";
import type { Fields } from "../support/torrents.ts";
import { slowRoot, treeParts, treeTorrent } from "../support/tree-torrents.ts";

const blockBytes = 16_384;
const pieceBytes = 65_536;
const lengths = [0, 1, blockBytes, pieceBytes, pieceBytes + 1, 5 * pieceBytes - 7];
const files = lengths.map((length, at) => ({
  path: at < 3 ? `${at}.bin` : `folder/${at}.bin`,
  bytes: Uint8Array.from({ length }, (_, byte) => (byte * 31 + at) % 251),
}));
const parts = treeParts(files, pieceBytes);

/** The node of each piece, as its bytes without padding have it. */
function nodesOf(): readonly Uint8Array[] {
  return files.flatMap(({ bytes }) =>
    Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, piece) =>
      pieceRoot(bytes.subarray(piece * pieceBytes, (piece + 1) * pieceBytes), 2),
    ),
  );
}

function hashOf({ pieceHashes: { bytes, digestBytes } }: Metainfo, piece: number): Uint8Array {
  return bytes.slice(piece * digestBytes, (piece + 1) * digestBytes);
}

test("A15: each file with bytes begins a piece, and the gap before it is padding", (t) => {
  const bytes = treeTorrent(parts, pieceBytes, "v2");
  const torrent = parseTorrent(bytes);
  const { start, end } = torrent.infoSpan;
  const v2 = createHash("sha256").update(bytes.subarray(start, end)).digest("hex");
  t.deepEqual(torrent.infoHashes, { v2 });
  t.is(String(torrent.infoHash), v2.slice(0, 40));
  const stored = torrent.files.filter(({ isPadding }) => !isPadding);
  t.deepEqual(
    stored.map(({ lengthBytes, path }) => [path.slice(1).join("/"), lengthBytes]),
    files.map(({ bytes: { length }, path }) => [path, length]),
  );
  for (const { lengthBytes, offset } of stored) if (lengthBytes > 0) t.is(offset % pieceBytes, 0);
  t.is(torrent.geometry.pieceCount, 10);
  t.is(torrent.geometry.lastPieceLengthBytes, pieceBytes - 7);
  t.is(torrent.pieceHashesSpan, undefined);
  t.is(torrent.pieceHashes.algorithm, "merkle");
  t.is(torrent.pieceHashes.pieceLayer, 2);
  for (const [piece, node] of nodesOf().entries()) t.deepEqual(hashOf(torrent, piece), node);
  for (const [file, { lengthBytes, offset }] of torrent.files.entries()) {
    const root = torrent.trees?.roots.slice(32 * file, 32 * file + 32);
    const [known] = files.filter(({ bytes: { length } }) => length === lengthBytes);
    const isStored = torrent.files[file]?.isPadding === false && lengthBytes > 0;
    t.deepEqual(root, isStored && known ? slowRoot(known.bytes) : new Uint8Array(32), `${offset}`);
  }
});

test("A16: a hybrid has both info-hashes, and each piece its node and its SHA-1", (t) => {
  const bytes = treeTorrent(parts, pieceBytes, "hybrid");
  const torrent = parseTorrent(bytes);
  const info = bytes.subarray(torrent.infoSpan.start, torrent.infoSpan.end);
  const hashOfInfo = (name: string): string => createHash(name).update(info).digest("hex");
  t.deepEqual(torrent.infoHashes, { v1: hashOfInfo("sha1"), v2: hashOfInfo("sha256") });
  t.is(String(torrent.infoHash), hashOfInfo("sha1"));
  t.is(torrent.pieceHashes.algorithm, "hybrid");
  for (const [piece, node] of nodesOf().entries()) {
    const sha1 = parts.pieces.subarray(20 * piece, 20 * piece + 20);
    t.deepEqual(hashOf(torrent, piece), new Uint8Array(Buffer.concat([node, sha1])));
  }
  t.deepEqual(torrent.warnings, []);
});

test("A15: a single file at the root of the tree lies in no folder", (t) => {
  const alone = treeParts([{ path: "a.bin", bytes: new Uint8Array(10).fill(1) }], pieceBytes);
  const torrent = parseTorrent(treeTorrent(alone, pieceBytes, "v2", { info: { name: "other" } }));
  t.true(torrent.isSingleFile);
  t.deepEqual(torrent.files[0]?.path, ["a.bin"]);
  t.deepEqual(hashOf(torrent, 0), raised(slowRoot(new Uint8Array(10).fill(1)), 0, 2));
});

test("A15: pieces of a file without its layer have no hash yet, those of short files have one", (t) => {
  for (const layers of [undefined, {}]) {
    const { geometry, pieceHashes } = parseTorrent(
      treeTorrent(parts, pieceBytes, "v2", { layers }),
    );
    const known = Array.from({ length: geometry.pieceCount }, (_, piece) =>
      pieceHashes.isKnown(piece),
    );
    t.deepEqual(known, [true, true, true, ...Array<boolean>(7).fill(false)]);
  }
});

test("case 24: a layer of another length, of another root or under no root is refused", (t) => {
  const [root = "", layer] = Object.entries(parts.layers)[0] ?? [];
  const bytes = layer as Uint8Array;
  const wrong: readonly Fields[] = [
    { [root]: bytes.subarray(32) },
    { [root]: Buffer.concat([bytes, new Uint8Array(32)]) },
    { [root]: Uint8Array.from(bytes, (byte, at) => (at === 40 ? byte ^ 1 : byte)) },
    { [root.slice(1)]: bytes },
  ];
  for (const layers of wrong) {
    const torrent = treeTorrent(parts, pieceBytes, "v2", { layers });
    const error = refuses(t, "field-invalid", () => parseTorrent(torrent));
    t.is(error.details["field"], "piece layers");
  }
  const withoutLayers = treeTorrent(parts, pieceBytes, "v2", { layers: undefined });
  for (const torrent of [
    treeTorrent(parts, pieceBytes, "v2", { layers: { [root]: 1 } }),
    join(withoutLayers.slice(0, -1), bytesOf("12:piece layers1:xe")),
    join(withoutLayers.slice(0, -1), bytesOf("12:piece layerslee")),
  ]) {
    const absent = parseTorrent(torrent);
    t.is(absent.warnings.length, 1);
    t.false(absent.pieceHashes.isKnown(absent.geometry.pieceCount - 1));
  }
  // Layers of other files are left out.
  const more = { ...parts.layers, ["x".repeat(32)]: bytes };
  t.notThrows(() => parseTorrent(treeTorrent(parts, pieceBytes, "v2", { layers: more })));
  // A caller that has proven the layers before says so.
  const changed = treeTorrent(parts, pieceBytes, "v2", { layers: wrong[2] });
  t.notThrows(() => parseTorrent(changed, { areLayersProven: true }));
});

function refusesTree(t: ExecutionContext, tree: unknown): void {
  const torrent = treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": tree } });
  refuses(t, "field-invalid", () => parseTorrent(torrent));
}

const root = new Uint8Array(32).fill(7);
const file = (fields: Fields): Fields => ({ "": fields });

test("case 24: a file tree that is not as BEP 52 wants it is refused", (t) => {
  for (const tree of [
    {},
    { empty: {} },
    { "": { length: 1, "pieces root": root } },
    { a: { "": { length: 1, "pieces root": root }, b: file({ length: 0 }) } },
    { a: file({ length: 1, "pieces root": new Uint8Array(32) }) },
    { a: file({ length: 1, "pieces root": root.subarray(1) }) },
    { a: file({ length: -1, "pieces root": root }) },
    { a: file({ attr: "p", length: 1, "pieces root": root }) },
    { a: file({ attr: "p", length: 0 }), b: file({ length: 1, "pieces root": root }) },
  ])
    refusesTree(t, tree);
  for (const tree of [[], "x", 1, { a: 1 }, { a: { "": 1 } }, { a: file({ length: "1" }) }]) {
    const torrent = treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": tree } });
    refuses(t, "field-wrong-type", () => parseTorrent(torrent));
  }
  for (const tree of [undefined, { a: file({}) }, { a: file({ length: 1 }) }]) {
    const torrent = treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": tree } });
    refuses(t, "field-missing", () => parseTorrent(torrent));
  }
});

test("case 24: folders of a file tree are as deep as bencode may be nested", (t) => {
  const nested = (folders: number): unknown =>
    Array.from({ length: folders }).reduce<unknown>((inner) => ({ d: inner }), {
      f: file({ length: 1, "pieces root": root }),
    });
  const torrentOf = (folders: number): Uint8Array =>
    treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": nested(folders) } });
  t.is(parseTorrent(torrentOf(59)).files[0]?.path.length, 61);
  refuses(t, "bencode-too-deep", () => parseTorrent(torrentOf(60)));
});

test("A15: two files with the same bytes share a layer", (t) => {
  const bytes = new Uint8Array(3 * pieceBytes - 1).fill(3);
  const twins = treeParts(
    ["a", "b", "c"].map((path) => ({ path, bytes: path === "b" ? bytes.subarray(1) : bytes })),
    pieceBytes,
  );
  t.is(Object.keys(twins.layers).length, 2);
  const { pieceHashes } = parseTorrent(treeTorrent(twins, pieceBytes, "v2"));
  const { bytes: nodes } = pieceHashes;
  t.deepEqual(nodes.slice(0, 96), nodes.slice(192, 288));
  t.notDeepEqual(nodes.slice(0, 96), nodes.slice(96, 192));
  t.true(pieceHashes.isNodeKnown(8));
});

test("case 24: a root of an empty file is ignored", (t) => {
  const tree = {
    a: file({ length: 0, "pieces root": root }),
    b: file({ length: 1, "pieces root": root }),
  };
  const { trees } = parseTorrent(
    treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": tree } }),
  );
  t.deepEqual(trees?.roots.slice(0, 32), new Uint8Array(32));
});

test("case 14: names of a file tree stay below the download folder", (t) => {
  const tree = {
    "..": { "..": { "../x": file({ length: 1, "pieces root": root }) } },
    "/abs": file({ length: 1, "pieces root": root }),
  };
  const torrent = parseTorrent(
    treeTorrent(parts, pieceBytes, "v2", { info: { "file tree": tree } }),
  );
  for (const { path } of torrent.files) for (const name of path) t.notRegex(name, /[/\\]|^\.\.?$/);
});

test("A15: the version comes before all other fields", (t) => {
  const newer = bencoded({ info: { "meta version": 3, name: 1, "piece length": -5 } });
  const error = refuses(t, "torrent-version-unknown", () => parseTorrent(newer));
  t.is(error.details["version"], 3);
  for (const version of [0, -1, 2 ** 54])
    refuses(t, "field-invalid", () =>
      parseTorrent(bencoded({ info: { "meta version": version } })),
    );
  refuses(t, "field-wrong-type", () => parseTorrent(bencoded({ info: { "meta version": "2" } })));
  // Without the version a file tree means nothing.
  const bytes = treeTorrent(parts, pieceBytes, "hybrid", { info: { "meta version": undefined } });
  t.is(parseTorrent(bytes).pieceHashes.algorithm, "sha1");
});

test("A15: a piece length of version 2 is a power of two from 16 KiB on", (t) => {
  for (const length of [8_192, blockBytes + 2, 3 * blockBytes, 2 ** 29]) {
    const torrent = treeTorrent(parts, length, "v2", { layers: {} });
    refuses(t, "field-invalid", () => parseTorrent(torrent));
  }
});

test("case 7: unsorted keys are refused in version 2, in any dictionary", (t) => {
  const info =
    "d9:file treed1:bd0:d6:lengthi0eee1:ad0:d6:lengthi0eeee12:meta versioni2e4:name1:x12:piece lengthi16384ee";
  refuses(t, "bencode-unsorted-keys", () => parseTorrent(bytesOf(`d4:info${info}e`)));
});

const list = (...given: readonly (readonly [length: number, name: string] | number)[]): Fields[] =>
  given.map((each) =>
    typeof each === "number"
      ? { attr: "p", length: each, path: [".pad", String(each)] }
      : { length: each[0], path: [each[1]] },
  );

/** A hybrid of the files `a` of 5 bytes, `b` without bytes, `c` of 9 bytes. */
function smallHybrid(v1: readonly Fields[]): Uint8Array {
  const small = treeParts(
    [
      { path: "a", bytes: new Uint8Array(5).fill(1) },
      { path: "b", bytes: new Uint8Array() },
      { path: "c", bytes: new Uint8Array(9).fill(2) },
    ],
    blockBytes,
  );
  const total = v1.reduce((sum, { length }) => sum + Number(length), 0);
  const pieces = new Uint8Array(20 * Math.ceil(total / blockBytes));
  return treeTorrent(small, blockBytes, "hybrid", { info: { files: v1, pieces } });
}

test("case 24: padding of a hybrid may lie before or after empty files, and after the last file", (t) => {
  const gap = blockBytes - 5;
  for (const v1 of [
    list([5, "a"], gap, [0, "b"], [9, "c"]),
    list([5, "a"], [0, "b"], gap, [9, "c"]),
    list([5, "a"], 3, [0, "b"], gap - 3, [9, "c"]),
    list([5, "a"], gap, [0, "b"], [9, "c"], blockBytes - 9),
    list([5, "a"], gap, [0, "b"], [9, "c"], 100),
  ]) {
    const { files: read } = parseTorrent(smallHybrid(v1));
    t.is(read.filter(({ isPadding }) => !isPadding).length, 3);
  }
});

test("case 24: a hybrid whose halves have other files or offsets is refused", (t) => {
  const gap = blockBytes - 5;
  for (const v1 of [
    list([5, "a"], gap, [9, "c"]),
    list([5, "a"], gap, [0, "b"], [8, "c"]),
    list([5, "a"], gap, [0, "b"], [9, "d"]),
    list([0, "b"], [5, "a"], gap, [9, "c"]),
    list([5, "a"], [0, "b"], [9, "c"]),
    list([5, "a"], gap - 1, [0, "b"], [9, "c"]),
    list([5, "a"], gap + blockBytes, [0, "b"], [9, "c"]),
    list([5, "a"], gap, [0, "b"], [9, "c"], blockBytes),
    list(blockBytes, [5, "a"], gap, [0, "b"], [9, "c"]),
  ])
    refuses(t, "field-invalid", () => parseTorrent(smallHybrid(v1)));
});

test("case 11: torrents of version 2 and hybrids that are cut or changed anywhere are accepted or refused", (t) => {
  const small = treeParts(
    [
      { path: "a", bytes: new Uint8Array(20_000).fill(1) },
      { path: "d/b", bytes: new Uint8Array(3).fill(2) },
    ],
    blockBytes,
  );
  for (const version of ["v2", "hybrid"] as const)
    survivesDamage(t, treeTorrent(small, blockBytes, version), (damaged) => parseTorrent(damaged));
});
