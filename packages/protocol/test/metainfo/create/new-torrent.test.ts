import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import {
  newTorrent,
  pieceLengthFor,
  plannedFiles,
  type NewVersion,
} from "../../../src/metainfo/create/index.ts";
import { digestPiece } from "../../../src/metainfo/piece-digest.ts";
import { digestLength, type HashAlgorithm, parseTorrent } from "../../../src/metainfo/index.ts";
import { refuses } from "../../support/refusals.ts";
import { treeParts, treeTorrent, type TreeInput } from "../../support/tree-torrents.ts";

const blockBytes = 16_384;
const algorithms: Readonly<Record<NewVersion, HashAlgorithm>> = {
  v1: "sha1",
  v2: "merkle",
  hybrid: "hybrid",
};
const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

interface Made {
  readonly version: NewVersion;
  readonly pieceLengthBytes: number;
  readonly isAligned?: boolean;
}

/** Makes a torrent of files in memory. */
function make(files: readonly TreeInput[], { isAligned = false, pieceLengthBytes, version }: Made) {
  const planned = plannedFiles(
    files.map(({ bytes, path }) => ({ path: path.split("/"), lengthBytes: bytes.length })),
    { version, pieceLengthBytes, isAligned },
  );
  const content = new Map(files.map(({ bytes, path }) => [path, bytes]));
  const parts = planned.map(({ isPadding, lengthBytes, path }) =>
    isPadding ? new Uint8Array(lengthBytes) : (content.get(path.join("/")) ?? new Uint8Array()),
  );
  const all = new Uint8Array(Buffer.concat(parts));
  const ends: number[] = [];
  let end = 0;
  for (const { isPadding, lengthBytes } of planned) {
    if (isPadding) ends.push(end);
    end += lengthBytes;
  }
  const algorithm = algorithms[version];
  const count = Math.ceil(all.length / pieceLengthBytes);
  const digests = new Uint8Array(count * digestLength(algorithm));
  for (let piece = 0; piece < count; piece++) {
    const begin = piece * pieceLengthBytes;
    const bytes = all.subarray(begin, begin + pieceLengthBytes);
    const dataEnd = ends.find((at) => at > begin && at < begin + pieceLengthBytes);
    const dataBytes = dataEnd === undefined ? bytes.length : dataEnd - begin;
    const rule = { algorithm, pieceLayer: undefined };
    digests.set(digestPiece(rule, bytes, dataBytes, sha1), piece * digestLength(algorithm));
  }
  const isSingleFile = false;
  const name = "folder";
  const { bytes } = newTorrent(
    { version, name, pieceLengthBytes, files: planned, isSingleFile, digests },
    { edits: {} },
  );
  return bytes;
}

const names = fc.stringMatching(/^[a-zé.-]{1,6}$/).filter((name) => !/^\.\.?$/.test(name));
const trees = fc.uniqueArray(
  fc.record({
    path: fc.array(names, { minLength: 1, maxLength: 3 }).map((path) => path.join("/")),
    length: fc.oneof(
      fc.constantFrom(0, 1, blockBytes, 2 * blockBytes, 2 * blockBytes + 1),
      fc.nat(150_000),
    ),
  }),
  { minLength: 2, maxLength: 7, selector: ({ path }) => path },
);

/** A path cannot be a file and a folder, and files are in the order of the tree. */
function inputsOf(
  tree: readonly { readonly path: string; readonly length: number }[],
): TreeInput[] {
  const usable = tree.filter(
    ({ path }) => !tree.some((other) => other.path.startsWith(`${path}/`)),
  );
  return usable.map(({ length, path }, at) => ({
    path,
    bytes: Uint8Array.from({ length }, (_, byte) => (byte * 13 + at) % 253),
  }));
}

test("E14: the dictionary of version 2 and of hybrids is that of a slow creator, byte for byte", (t) => {
  const pieces = fc.constantFrom(blockBytes, 2 * blockBytes, 8 * blockBytes);
  fc.assert(
    fc.property(trees, pieces, (tree, pieceLengthBytes) => {
      const files = inputsOf(tree);
      fc.pre(files.length > 1 && files.some(({ bytes }) => bytes.length > 0));
      const order = plannedFiles(
        files.map(({ path }) => ({ path: path.split("/"), lengthBytes: 0 })),
        { version: "v1", pieceLengthBytes, isAligned: false },
      ).map(({ path }) => path.join("/"));
      const sorted = order.flatMap((path) => files.filter((file) => file.path === path));
      const parts = treeParts(sorted, pieceLengthBytes);
      const v2 = make(files, { version: "v2", pieceLengthBytes });
      t.deepEqual(Buffer.from(v2), Buffer.from(treeTorrent(parts, pieceLengthBytes, "v2")));
      const { infoHashes, warnings } = parseTorrent(
        make(files, { version: "hybrid", pieceLengthBytes }),
      );
      t.deepEqual(warnings, []);
      t.is(infoHashes.v1?.length, 40);
      t.is(infoHashes.v2?.length, 64);
    }),
    { numRuns: 60 },
  );
});

test("E14: the order of files does not depend on the order in which they were found", (t) => {
  const files = ["b", "a/z", "a-b/c", "a", "é", "B"].map((path) => ({
    path: path === "a" ? ["a.txt"] : path.split("/"),
    lengthBytes: 5,
  }));
  const rule = { version: "v1", pieceLengthBytes: blockBytes, isAligned: false } as const;
  const order = (list: typeof files): string[] =>
    plannedFiles(list, rule).map(({ path }) => path.join("/"));
  t.deepEqual(order(files), ["B", "a/z", "a-b/c", "a.txt", "b", "é"]);
  t.deepEqual(order(files.toReversed()), order(files));
});

test("E14: padding follows each file of a hybrid and of aligned version 1 that does not fill its piece", (t) => {
  const files = [5, 0, blockBytes, 7].map((lengthBytes, at) => ({
    path: [String(at)],
    lengthBytes,
  }));
  const lengths = (version: NewVersion, isAligned: boolean): string =>
    plannedFiles(files, { version, pieceLengthBytes: blockBytes, isAligned })
      .map(({ isPadding, lengthBytes }) => `${lengthBytes}${isPadding ? "p" : ""}`)
      .join(" ");
  t.is(lengths("v1", false), "5 0 16384 7");
  t.is(lengths("v1", true), "5 16379p 0 16384 7 16377p");
  t.is(lengths("hybrid", false), "5 16379p 0 16384 7 16377p");
  t.is(lengths("v2", false), "5 16379p 0 16384 7");
  const only = [{ path: ["a"], lengthBytes: 5 }];
  const alone = plannedFiles(only, {
    version: "hybrid",
    pieceLengthBytes: blockBytes,
    isAligned: false,
  });
  t.is(alone.length, 1);
});

test("E14: the length of pieces grows with the root of the size, as libtorrent's does", (t) => {
  const [kibibyte, mebibyte] = [2 ** 10, 2 ** 20];
  for (const [total, length] of [
    [1, 16 * kibibyte],
    [2_684_355 - 1, 16 * kibibyte],
    [2_684_356, 32 * kibibyte],
    [10_737_419, 64 * kibibyte],
    [687_194_768, 512 * kibibyte],
    [2_748_779_070, mebibyte],
    [43_980_465_112, 4 * mebibyte],
    [703_687_441_778, 16 * mebibyte],
    [2 ** 53 - 1, 16 * mebibyte],
  ] as const)
    t.is(pieceLengthFor(total), length, `${total} bytes`);
});

test("E14: a creation without bytes is refused by the gate of .torrents", (t) => {
  refuses(t, "field-invalid", () =>
    make([{ path: "a", bytes: new Uint8Array() }], { version: "v1", pieceLengthBytes: blockBytes }),
  );
});
