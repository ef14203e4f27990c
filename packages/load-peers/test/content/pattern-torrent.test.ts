import test from "ava";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { patternContent, patternPieceLength, patternTorrent } from "../../src/index.ts";

const tebibyte = 2 ** 40;

test("a .torrent of 1 TiB has the hashes of its content, out of a few hundred hashed pieces", (t) => {
  const pieceLengthBytes = patternPieceLength(tebibyte);
  const bytes = patternTorrent({ lengthBytes: tebibyte, pieceLengthBytes, name: "big" });
  const { geometry, pieceHashes } = parseTorrent(bytes);
  const content = patternContent({ lengthBytes: tebibyte, pieceLengthBytes });
  t.is(geometry.totalBytes, tebibyte);
  t.true(content.period * pieceLengthBytes <= 256 << 20);
  for (const piece of [0, 1, content.period, geometry.pieceCount - 1]) {
    t.true(pieceHashes.matches(piece, content.pieceHash(piece)));
  }
});

test("the piece length of a pattern keeps the .torrent short", (t) => {
  t.is(patternPieceLength(1), 262_144);
  t.is(patternPieceLength(64 << 20), 262_144);
  t.is(patternPieceLength(tebibyte), 2_097_152);
});

test("the same values give the same .torrent, other trackers and names give others", (t) => {
  const torrent = { lengthBytes: 1_000_000, pieceLengthBytes: 65_536, name: "a" };
  const bytes = patternTorrent(torrent);
  t.deepEqual(patternTorrent(torrent), bytes);
  t.notDeepEqual(patternTorrent({ ...torrent, name: "b" }), bytes);
  const trackers = [["http://10.77.0.1/announce"]];
  t.deepEqual(parseTorrent(patternTorrent({ ...torrent, trackers })).trackers, trackers);
});

test("a pattern of more pieces than a .torrent may have is refused", (t) => {
  const torrent = { lengthBytes: tebibyte, pieceLengthBytes: 16_384, name: "a" };
  t.throws(() => patternTorrent(torrent), { message: /67108864 pieces: at most 2097152/ });
});
