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

for (const version of ["v2", "hybrid"] as const) {
  for (const lengthBytes of [1, 65_536, 65_537, 2_000_001]) {
    test(`J06: a ${version} pattern of ${lengthBytes} bytes has the hashes of its content`, (t) => {
      const pieceLengthBytes = 65_536;
      const bytes = patternTorrent({ lengthBytes, pieceLengthBytes, name: "tree", version });
      const { files, geometry, infoHashes, pieceHashes } = parseTorrent(bytes);
      const content = patternContent({ lengthBytes, pieceLengthBytes });
      t.deepEqual(
        [infoHashes.v1 !== undefined, infoHashes.v2 !== undefined],
        [version === "hybrid", true],
      );
      t.deepEqual(
        files.map((file) => [file.path, file.lengthBytes]),
        [[["tree"], lengthBytes]],
      );
      for (let piece = 0; piece < geometry.pieceCount; piece++)
        t.true(pieceHashes.matches(piece, content.pieceDigest(pieceHashes, piece)));
    });
  }
}
