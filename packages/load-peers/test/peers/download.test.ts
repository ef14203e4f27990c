import test from "ava";
import { makeGeometry, PieceHashes } from "@troupe/protocol/metainfo";
import { fullBitfield, setBit } from "@troupe/protocol/peer";
import { blockLengthBytes } from "@troupe/protocol/units";
import { Download } from "../../src/peers/download.ts";
import { PieceSet, sharedBits } from "../../src/peers/own-pieces.ts";

const geometry = makeGeometry(10 * 32_768 + 5, 32_768);
const { pieceCount } = geometry;
const all = fullBitfield(pieceCount);
const parts = { geometry, pieceHashes: hashesOf(pieceCount), hasContent: true };

function hashesOf(pieces: number): PieceHashes {
  return new PieceHashes("sha1", new Uint8Array(20 * pieces));
}

function download(take: "all" | { pieces: number }, seed = 7, own?: Uint8Array): Download {
  return new Download({ ...parts, take }, seed, new PieceSet(sharedBits(pieceCount), own));
}

/** Takes every block right away. @returns The pieces in their order. */
function takeAll(one: Download, remote = all): number[] {
  const pieces: number[] = [];
  while (one.next(remote)) {
    if (one.begin === 0) pieces.push(one.piece);
    one.received(one.piece, one.lengthBytes, true);
  }
  return pieces;
}

test("a download takes each piece once, and the short last block of the last one", (t) => {
  const one = download("all");
  const blocks = new Map<string, number>();
  while (one.next(all)) {
    blocks.set(`${one.piece} ${one.begin}`, one.lengthBytes);
    one.received(one.piece, one.lengthBytes, true);
  }
  t.true(one.isComplete);
  t.is(blocks.size, 21);
  t.is(blocks.get(`10 0`), 5);
  t.is(blocks.get(`3 ${blockLengthBytes}`), blockLengthBytes);
});

test("so many pieces at random are as many different ones, the same for the same seed", (t) => {
  const drawn = (seed: number) => takeAll(download({ pieces: 4 }, seed));
  t.is(new Set(drawn(1)).size, 4);
  t.deepEqual(drawn(1), drawn(1));
  const seen = new Set(Array.from({ length: 50 }, (_, seed) => drawn(seed)).flat());
  t.is(seen.size, pieceCount);
});

test("more pieces than the torrent has are all of them", (t) => {
  t.is(takeAll(download({ pieces: 100 })).length, pieceCount);
});

test("pieces that the peer has already are not taken", (t) => {
  const own = new Uint8Array([0b1010_0000, 0]);
  t.deepEqual(
    takeAll(download("all", 7, own)).toSorted((a, b) => a - b),
    [1, 3, 4, 5, 6, 7, 8, 9, 10],
  );
});

test("a piece that the other side lacks is taken when it has it", (t) => {
  const one = download("all");
  const few = new Uint8Array([0b1000_0001, 0]);
  t.deepEqual(takeAll(one, few).toSorted(), [0, 7]);
  t.false(one.wantsAnyOf(few));
  t.false(one.next(few));
  const more = new Uint8Array([0b1100_0001, 0]);
  one.remoteHasMore();
  t.true(one.wantsAnyOf(more));
  t.deepEqual(takeAll(one, more), [1]);
  one.remoteHasMore();
  t.is(takeAll(one).length, pieceCount - 3);
  t.true(one.isComplete);
});

test("pieces that the other side gets one after the other are found without a look at all others", (t) => {
  const pieces = 4_000;
  const large = makeGeometry(pieces * 32_768, 32_768);
  const shared = sharedBits(pieces);
  const one = new Download(
    { geometry: large, pieceHashes: hashesOf(0), hasContent: true, take: "all" },
    7,
    new PieceSet(shared),
  );
  let looks = 0;
  const remote = new Uint8Array(shared.none.length);
  const watched = new Proxy(remote, {
    get(bits, key) {
      looks++;
      return Reflect.get(bits, key) as unknown;
    },
  });
  t.false(one.wantsAnyOf(watched));
  looks = 0;
  for (let piece = 0; piece < pieces; piece++) {
    setBit(remote, piece);
    one.remoteHas(piece);
    t.true(one.wantsAnyOf(watched));
  }
  t.true(looks <= 2 * pieces, `${looks}`);
});

test("a dropped block is requested again before any other", (t) => {
  const one = download("all");
  one.next(all);
  const { piece } = one;
  one.next(all);
  one.dropped(piece, 0);
  t.true(one.next(all));
  t.deepEqual([one.piece, one.begin], [piece, 0]);
});

test("a piece with a wrong block is taken again, and does not count", (t) => {
  const one = download({ pieces: 1 });
  one.next(all);
  const { piece } = one;
  t.is(one.received(piece, one.lengthBytes, false), "piece-open");
  one.next(all);
  t.is(one.received(piece, one.lengthBytes, true), "piece-wrong");
  t.is(one.hadPieces, 0);
  t.deepEqual(takeAll(one), [piece]);
  t.true(one.isComplete);
});
