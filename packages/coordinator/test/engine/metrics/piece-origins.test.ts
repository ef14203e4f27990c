import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { PieceOrigins } from "../../../src/engine/metrics/piece-origins.ts";

const torrent = (id: number) => id as TorrentId;
const origin = (piece: number) => ({
  piece,
  verified: true,
  at: 1_000 + piece,
  tookMs: 5,
  contributors: [{ host: "192.0.2.7", port: 1 }],
});

test("U11: the pieces of each torrent are in the order of their coming", (t) => {
  const origins = new PieceOrigins();
  for (const piece of [3, 1, 2]) origins.add(torrent(piece % 2), origin(piece));
  t.deepEqual(origins.of(torrent(1)), [origin(3), origin(1)]);
  t.deepEqual(origins.of(torrent(0)), [origin(2)]);
  t.deepEqual(origins.of(torrent(7)), []);
});

test("U11: a further piece replaces the oldest of all torrents", (t) => {
  const origins = new PieceOrigins();
  for (let piece = 0; piece < 10_003; piece++)
    origins.add(torrent(piece === 1 ? 1 : 0), origin(piece));
  t.deepEqual(origins.of(torrent(1)), []);
  const kept = origins.of(torrent(0));
  t.is(kept.length, 10_000);
  t.deepEqual([kept[0]?.piece, kept.at(-1)?.piece], [3, 10_002]);
});
