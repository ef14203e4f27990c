import test from "ava";
import fc from "fast-check";
import { setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import { PieceBits, wordsOf } from "../../../src/torrent/pieces/piece-bits.ts";
import { piece } from "../../support/diagrams.ts";

const pieceCount = 9000;
const somePieces = fc.uniqueArray(fc.nat(pieceCount - 1), { maxLength: 50 });

function setOf(pieces: readonly number[]): PieceBits {
  const bits = new PieceBits(pieceCount);
  for (const each of pieces) bits.add(piece(each));
  return bits;
}

function bitfieldOf(pieces: readonly number[]): Uint8Array {
  const bits = new Uint8Array(Math.ceil(pieceCount / 8));
  for (const each of pieces) setBit(bits, each);
  return bits;
}

test("collect finds the shared pieces from a word on, and round to it", (t) => {
  const property = fc.property(
    somePieces,
    somePieces,
    fc.nat(pieceCount - 1),
    (ours, also, from) => {
      const theirs = [...also, ...ours.slice(0, 10)];
      const found: PieceIndex[] = [];
      setOf(ours).collect(wordsOf(bitfieldOf(theirs)), from, pieceCount, found);
      const start = from - (from % 32);
      const distance = (at: number): number => (at - start + pieceCount) % pieceCount;
      const shared = ours.filter((each) => theirs.includes(each));
      t.deepEqual(
        found.map(Number),
        shared.toSorted((a, b) => distance(a) - distance(b)),
      );
    },
  );
  fc.assert(property);
});

test("collect ends at its limit", (t) => {
  const found: PieceIndex[] = [];
  setOf([1, 2, 40, 8000]).collect(wordsOf(bitfieldOf([1, 2, 40, 8000])), 33, 3, found);
  t.deepEqual(found.map(Number), [40, 8000, 1]);
});

test("next finds the first piece from a piece on, and round to it", (t) => {
  const property = fc.property(somePieces, fc.nat(pieceCount - 1), (pieces, from) => {
    const sorted = pieces.toSorted((a, b) => a - b);
    const expected = sorted.find((each) => each >= from) ?? sorted[0];
    t.is(setOf(pieces).next(from), expected as PieceIndex | undefined);
  });
  fc.assert(property);
});

test("firstShared finds the first shared piece of a range", (t) => {
  const property = fc.property(
    somePieces,
    somePieces,
    fc.nat(pieceCount),
    fc.nat(pieceCount),
    (ours, also, from, end) => {
      const theirs = [...also, ...ours.slice(0, 10)];
      const shared = ours.filter((each) => theirs.includes(each) && each >= from && each < end);
      const expected = shared.toSorted((a, b) => a - b)[0];
      const found = setOf(ours).firstShared(wordsOf(bitfieldOf(theirs)), from, end);
      t.is(found, expected as PieceIndex | undefined);
    },
  );
  fc.assert(property);
});

test("a removed piece is not found", (t) => {
  const bits = setOf([5, 6, 8999]);
  bits.remove(piece(6));
  bits.remove(piece(8999));
  t.is(bits.count, 1);
  const found: PieceIndex[] = [];
  bits.collect(wordsOf(bitfieldOf([5, 6, 8999])), 0, 9, found);
  t.deepEqual(found.map(Number), [5]);
});

test("a bitfield at an odd place in memory, or at the end of it, is read whole", (t) => {
  for (const offset of [0, 1, 3]) {
    const bytes = new Uint8Array(new ArrayBuffer(offset + 2), offset, 2);
    setBit(bytes, 15);
    const found: PieceIndex[] = [];
    setOf([3, 15, 16]).collect(wordsOf(bytes), 0, 9, found);
    t.deepEqual(found.map(Number), [15]);
  }
});

test("addAll adds each piece, and none after the last", (t) => {
  for (const count of [1, 31, 4095, 4096, 4097, pieceCount]) {
    const bits = new PieceBits(count);
    bits.addAll();
    t.is(bits.count, count);
    const found: PieceIndex[] = [];
    bits.collect(wordsOf(new Uint8Array(1200).fill(0xff)), 0, 10_000, found);
    t.is(found.length, count);
    for (const each of found) bits.remove(each);
    t.is(bits.count, 0);
    t.is(bits.next(0), undefined);
  }
});
