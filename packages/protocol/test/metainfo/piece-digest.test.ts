import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import {
  blockDigests,
  digestPiece,
  startDigest,
  type DigestRule,
} from "../../src/metainfo/piece-digest.ts";
import { pieceRoot } from "../../src/merkle/index.ts";
import { sha256 } from "../support/tree-torrents.ts";

const blockBytes = 16_384;
const sha1 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha1").update(bytes).digest());

/** A piece of four blocks at most, of which the last bytes are padding. */
const pieces = fc
  .tuple(fc.integer({ min: 1, max: 4 * blockBytes }), fc.nat(20_000), fc.nat(255))
  .map(([dataBytes, padding, seed]) => {
    const lengthBytes = Math.min(4 * blockBytes, dataBytes + padding);
    const bytes = new Uint8Array(lengthBytes);
    for (let at = 0; at < dataBytes; at++) bytes[at] = (at * 7 + seed) % 256;
    return { bytes, dataBytes };
  });

test("A16: the node of a piece leaves padding out, its SHA-1 takes it, a hybrid has the node first", (t) => {
  fc.assert(
    fc.property(pieces, ({ bytes, dataBytes }) => {
      const node = pieceRoot(bytes.subarray(0, dataBytes), 2);
      const digest = (algorithm: DigestRule["algorithm"]): Uint8Array =>
        new Uint8Array(digestPiece({ algorithm, pieceLayer: 2 }, bytes, dataBytes, sha1));
      t.deepEqual(digest("sha1"), sha1(bytes));
      t.deepEqual(digest("merkle"), node);
      t.deepEqual(digest("hybrid"), new Uint8Array(Buffer.concat([node, sha1(bytes)])));
    }),
    { numRuns: 40 },
  );
});

test("A16: a piece in parts of whole blocks has the digest of the whole piece", (t) => {
  const algorithms = fc.constantFrom<DigestRule["algorithm"]>("sha1", "merkle", "hybrid");
  fc.assert(
    fc.property(pieces, algorithms, ({ bytes, dataBytes }, algorithm) => {
      const rule = { algorithm, pieceLayer: 2 };
      const running = startDigest(rule, dataBytes, () => createHash("sha1"));
      for (let at = 0; at < bytes.length; at += blockBytes)
        running.update(bytes.subarray(at, at + blockBytes));
      t.deepEqual(running.digest(), new Uint8Array(digestPiece(rule, bytes, dataBytes, sha1)));
    }),
    { numRuns: 60 },
  );
});

test("the digests of blocks are their SHA-1 in version 1, else the leaves of the tree", (t) => {
  const data = new Uint8Array(blockBytes + 5).fill(3);
  const blocks = [data.subarray(0, blockBytes), data.subarray(blockBytes)];
  t.deepEqual(Buffer.from(blockDigests(data, "sha1", sha1)), Buffer.concat(blocks.map(sha1)));
  for (const algorithm of ["merkle", "hybrid"] as const)
    t.deepEqual(
      Buffer.from(blockDigests(data, algorithm, sha1)),
      Buffer.concat(blocks.map((block) => sha256(block))),
    );
});
