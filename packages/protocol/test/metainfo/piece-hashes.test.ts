import test from "ava";
import { digestLength, PieceHashes } from "../../src/metainfo/piece-hashes.ts";

/** Piece n has the hash of n in each byte. */
function hashesOf(pieces: number): PieceHashes {
  const bytes = Uint8Array.from({ length: pieces * 20 }, (_, at) => Math.floor(at / 20));
  return new PieceHashes("sha1", bytes);
}

test("a piece matches its own digest and no other", (t) => {
  const hashes = hashesOf(3);
  t.deepEqual(
    [0, 1, 2].map((piece) => hashes.matches(piece, new Uint8Array(20).fill(1))),
    [false, true, false],
  );
  for (let byte = 0; byte < 20; byte++) {
    const digest = new Uint8Array(20).fill(1);
    digest[byte] = 2;
    t.false(hashes.matches(1, digest), `byte ${byte} differs`);
  }
});

test("a digest is compared where it lies among others", (t) => {
  const hashes = hashesOf(3);
  const digests = Uint8Array.from({ length: 60 }, (_, at) => 2 - Math.floor(at / 20));
  t.true(hashes.matches(2, digests, 0));
  t.true(hashes.matches(0, digests, 40));
  t.false(hashes.matches(0, digests, 39));
});

test("a digest that is cut, and a piece without a hash, do not match", (t) => {
  const hashes = hashesOf(2);
  t.false(hashes.matches(1, new Uint8Array(19).fill(1)));
  t.false(hashes.matches(1, new Uint8Array(20).fill(1), 1));
  t.false(hashes.matches(2, new Uint8Array(0)));
});

test("hashes in shared memory are compared there, and a copy is not shared", (t) => {
  const memory = new SharedArrayBuffer(70);
  new Uint8Array(memory).set(hashesOf(3).bytes, 10);
  const hashes = new PieceHashes("sha1", new Uint8Array(memory, 10, 60));
  t.true(hashes.matches(2, new Uint8Array(20).fill(2)));
  const copy = hashes.copy(1, 3);
  t.deepEqual(copy, hashesOf(3).bytes.slice(20));
  t.true(copy.buffer instanceof ArrayBuffer);
  t.is(copy.buffer.byteLength, 40);
});

test("equal hashes are made of the plain fields that another thread gets", (t) => {
  const { algorithm, bytes } = hashesOf(2);
  const sent = structuredClone({ algorithm, bytes });
  t.deepEqual(new PieceHashes(sent.algorithm, sent.bytes), hashesOf(2));
});

test("the length of a digest follows from its algorithm", (t) => {
  t.is(digestLength("sha1"), 20);
  t.is(hashesOf(1).digestBytes, 20);
});

test("a piece of a hybrid is judged by its SHA-1 alone until its node is known", (t) => {
  const bytes = new Uint8Array(52).fill(2, 32);
  const hashes = new PieceHashes("hybrid", bytes, 1);
  const digest = new Uint8Array(52).fill(9, 0, 32).fill(2, 32);
  t.deepEqual(
    [hashes.isKnown(0), hashes.isNodeKnown(0), hashes.matches(0, digest)],
    [true, false, true],
  );
  bytes.fill(8, 0, 32);
  t.deepEqual([hashes.isNodeKnown(0), hashes.matches(0, digest)], [true, false]);
  bytes.fill(9, 0, 32);
  t.true(hashes.matches(0, digest));
  digest[40] = 1;
  t.false(hashes.matches(0, digest));
});

test("a piece of version 2 alone cannot be judged before its node is known", (t) => {
  const bytes = new Uint8Array(64).fill(1, 32);
  const hashes = new PieceHashes("merkle", bytes, 1);
  t.deepEqual([hashes.isKnown(0), hashes.isKnown(1)], [false, true]);
  t.false(hashes.matches(0, new Uint8Array(32).fill(1)));
});

test("A16: a piece of a hybrid needs both of its hashes, and its node can be compared alone", (t) => {
  const bytes = Uint8Array.from({ length: 104 }, (_, at) => 1 + Math.floor(at / 52));
  const hashes = new PieceHashes("hybrid", bytes, 2);
  t.true(hashes.matches(1, new Uint8Array(52).fill(2)));
  for (let byte = 0; byte < 52; byte++) {
    const digest = new Uint8Array(52).fill(2);
    digest[byte] = 3;
    t.false(hashes.matches(1, digest), `byte ${byte} differs`);
    t.is(hashes.matchesNode(1, digest), byte >= 32, `byte ${byte} differs`);
  }
});

test("all nodes are known once that of the last piece is", (t) => {
  const bytes = new Uint8Array(96).fill(1, 0, 64);
  const hashes = new PieceHashes("merkle", bytes, 1);
  t.false(hashes.areNodesKnown);
  bytes[95] = 1;
  t.true(hashes.areNodesKnown);
});
