import test from "ava";
import { contributorLimit } from "@troupe/messages";
import { makeGeometry, PieceHashes, type Metainfo } from "@troupe/protocol/metainfo";
import { keptBlocks, leavesOf, rightBlocks } from "../../../src/torrent/hashes/failed-piece.ts";
import { piece } from "../../support/diagrams.ts";

const pieceLengthBytes = 65_536;

function metainfoOf(lengths: readonly number[]): Metainfo {
  let offset = 0;
  const files = lengths.map((lengthBytes, file) => {
    const placed = { path: [`${file}`], lengthBytes, offset, isPadding: false };
    offset += Math.ceil(lengthBytes / pieceLengthBytes) * pieceLengthBytes;
    return placed;
  });
  return {
    files,
    geometry: makeGeometry(offset, pieceLengthBytes),
    pieceHashes: new PieceHashes("merkle", new Uint8Array(32), 2),
    trees: { pieceLayer: 2, roots: new Uint8Array(32 * lengths.length) },
  } as unknown as Metainfo;
}

test("the leaves of a piece are proven by its own node; those of a short file by its root", (t) => {
  const metainfo = metainfoOf([3 * pieceLengthBytes, 20_000, 5]);
  t.deepEqual(leavesOf(metainfo, piece(2)), {
    file: 0,
    range: { baseLayer: 0, index: 8, length: 4, proofLayers: 1 },
  });
  t.deepEqual(leavesOf(metainfo, piece(3)), {
    file: 1,
    range: { baseLayer: 0, index: 0, length: 2, proofLayers: 0 },
  });
  t.is(leavesOf(metainfo, piece(4)), undefined, "a piece of one block");
  const { trees: _trees, ...first } = metainfo;
  t.is(leavesOf(first, piece(2)), undefined, "version 1");
});

test("blocks with other digests than their leaves are wrong", (t) => {
  const leaves = new Uint8Array(4 * 32).fill(7);
  const digests = leaves.slice(0, 3 * 32);
  digests[40] = 8;
  t.deepEqual(rightBlocks(digests, leaves), Uint8Array.of(1, 0, 1));
});

test("right blocks keep their senders, known or not", (t) => {
  const peer = (name: string) => ({ host: name, port: 1, peerId: name.padEnd(20) });
  const origin = {
    contributors: [peer("a"), undefined, peer("b")],
    blockContributors: Uint8Array.of(2, 1, 0),
  };
  const memory = new SharedArrayBuffer(4);
  const failed = { memory, origin } as unknown as Parameters<typeof keptBlocks>[0];
  const kept = keptBlocks(failed, Uint8Array.of(1, 1, 0));
  t.deepEqual(
    kept.contributors.map(({ host }) => host),
    ["a", "b"],
  );
  t.deepEqual(kept.blockContributors, Uint8Array.of(1, contributorLimit, 0));
  t.deepEqual([kept.memory, kept.received], [memory, Uint8Array.of(1, 1, 0)]);
});
