import test from "ava";
import { LayerFetch, type LayerPeer } from "../../../src/torrent/hashes/layer-fetch.ts";

const pieceLayer = 2;
const none = (): boolean => false;
const large = { file: 3, firstPiece: 10, pieces: 1_100 };

/** A peer with the pieces from `first` to before `end`. */
function peerWith(key: string, first = 0, end = Infinity): LayerPeer {
  return { key, hasAnyOf: (from, to) => from < end && first < to };
}

function askedOf(fetch: LayerFetch, peers: readonly LayerPeer[], nowMs: number): string[] {
  return fetch
    .decide(peers, nowMs)
    .map(({ key, file, range: { index, length } }) => `${key}: ${file} ${index}+${length}`);
}

function rangeOf(index: number, length = 512, proofLayers = 10) {
  return { baseLayer: pieceLayer, index, length, proofLayers };
}

test("512 hashes are asked at a time, with a proof up to the root, two requests a peer", (t) => {
  const fetch = new LayerFetch(
    [large, { file: 4, firstPiece: 1_110, pieces: 3 }],
    pieceLayer,
    none,
  );
  t.is(fetch.length, 4);
  const asks = fetch.decide([peerWith("a")], 0);
  t.deepEqual(
    asks.map(({ file, range }) => ({ file, range })),
    [
      { file: 3, range: rangeOf(0) },
      { file: 3, range: rangeOf(512) },
    ],
  );
  t.deepEqual(askedOf(fetch, [peerWith("a"), peerWith("b")], 1), ["b: 3 1024+512", "b: 4 0+4"]);
  t.deepEqual(askedOf(fetch, [peerWith("a"), peerWith("b")], 2), []);
});

test("a peer is asked only where it has a piece, and a known range is not asked", (t) => {
  const fetch = new LayerFetch([large], pieceLayer, (piece) => piece < 10 + 512);
  t.is(fetch.length, 2);
  t.deepEqual(askedOf(fetch, [peerWith("a", 0, 522)], 0), []);
  t.deepEqual(askedOf(fetch, [peerWith("a", 1_109, 1_110)], 0), ["a: 3 1024+512"]);
});

test("another peer is asked after two seconds, and whichever answers first ends the range", (t) => {
  const fetch = new LayerFetch([{ file: 0, firstPiece: 0, pieces: 5 }], pieceLayer, none);
  const peers = [peerWith("a"), peerWith("b")];
  t.deepEqual(askedOf(fetch, peers, 0), ["a: 0 0+8"]);
  t.deepEqual(askedOf(fetch, peers, 1_999), []);
  t.deepEqual(askedOf(fetch, peers, 2_000), ["b: 0 0+8"]);
  t.like(fetch.came("a", 0, rangeOf(0, 8, 2)), { firstPiece: 0, pieces: 5 });
  t.true(fetch.isDone);
  t.is(fetch.came("b", 0, rangeOf(0, 8, 2)), undefined);
});

test("a reject frees the range for others at once; the peer rests, longer each time", (t) => {
  const fetch = new LayerFetch([{ file: 0, firstPiece: 0, pieces: 5 }], pieceLayer, none);
  const [a, b] = [peerWith("a"), peerWith("b")];
  fetch.decide([a], 0);
  fetch.rejected("a", 0, rangeOf(0), 100);
  t.deepEqual(askedOf(fetch, [a], 1_099), []);
  t.deepEqual(askedOf(fetch, [a, b], 200), ["b: 0 0+8"]);
  fetch.rejected("b", 0, rangeOf(0), 300);
  t.deepEqual(askedOf(fetch, [a], 1_100), ["a: 0 0+8"]);
  fetch.rejected("a", 0, rangeOf(0), 1_200);
  t.deepEqual(askedOf(fetch, [a], 3_199), []);
  t.deepEqual(askedOf(fetch, [a], 3_200), ["a: 0 0+8"]);
});

test("what a peer owed is asked of others when its connection has ended", (t) => {
  const fetch = new LayerFetch([large], pieceLayer, none);
  fetch.decide([peerWith("a")], 0);
  fetch.closed("a");
  t.deepEqual(askedOf(fetch, [peerWith("b")], 1), ["b: 3 0+512", "b: 3 512+512"]);
});

test("ranges with wanted pieces go first", (t) => {
  const fetch = new LayerFetch([large], pieceLayer, none);
  fetch.prefer((piece) => piece >= 10 + 1_024);
  t.deepEqual(askedOf(fetch, [peerWith("a")], 0), ["a: 3 1024+512", "a: 3 0+512"]);
});

test("thousands of ranges are looked at over several decisions", (t) => {
  const files = Array.from({ length: 10_000 }, (_, file) => ({
    file,
    firstPiece: 2 * file,
    pieces: 2,
  }));
  const fetch = new LayerFetch(files, pieceLayer, none);
  const last = peerWith("a", 19_998);
  const asked = [0, 1, 2].map((nowMs) => askedOf(fetch, [last], nowMs));
  t.deepEqual(asked, [[], [], ["a: 9999 0+2"]]);
});

test("a torrent comes whole, whatever the peers have, reject or keep silent about", (t) => {
  const fetch = new LayerFetch(
    [large, { file: 5, firstPiece: 2_000, pieces: 600 }],
    pieceLayer,
    none,
  );
  const peers = [
    peerWith("silent"),
    peerWith("rejects"),
    peerWith("half", 0, 800),
    peerWith("rest", 700),
  ];
  const known: number[] = [];
  for (let nowMs = 0; !fetch.isDone && nowMs < 60_000; nowMs += 250) {
    for (const { key, file, range } of fetch.decide(peers, nowMs)) {
      if (key === "rejects") fetch.rejected(key, file, range, nowMs);
      else if (key !== "silent") known.push(fetch.came(key, file, range)?.pieces ?? 0);
    }
  }
  t.true(fetch.isDone);
  t.is(
    known.reduce((sum, pieces) => sum + pieces, 0),
    1_700,
  );
});
