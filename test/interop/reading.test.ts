// A file is read while it downloads from libtorrent: a fast and a slow client with upload limits.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 256 * 1024;
const lengthBytes = 256 * pieceLengthBytes;
/** Pieces that may come first, of 256: those that both clients send in four seconds. */
const mostOthers = 32;

test("G04: a reader that jumps gets its pieces of libtorrent before the others", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes, files: lengthBytes });
  const { payload } = swarm;
  const { path } = writeTorrentFile(payload);
  const peers = [];
  for (const upLimit of [1_500_000, 500_000]) {
    const folder = payload.folder;
    const seeder = swarm.use(await Libtorrent.seed({ torrent: path, folder, upLimit }));
    peers.push({ host: "127.0.0.1", port: await seeder.port() });
  }
  const directory = swarm.folder("data").path;
  await using coordinator = await startEngine({
    port: 0,
    bind: ["127.0.0.1"],
    directory,
  });
  const torrent = await coordinator.add(readFileSync(path), { peers });
  const content = readFileSync(join(payload.folder, payload.name));
  await until("a piece", () => torrent.progress.haveBytes > 0);
  for (const place of [0.9, 0.3, 0.7, 0.1]) {
    const start = Math.floor(place * 256) * pieceLengthBytes + 1_000;
    const piece = Math.floor(start / pieceLengthBytes);
    const had: number[] = [];
    const note = ({ index }: { readonly index: number }): void => void had.push(index);
    torrent.on("piece", note);
    const parts: Uint8Array[] = [];
    for await (const bytes of torrent.read(0, { start, end: start + 900_000 })) parts.push(bytes);
    torrent.off("piece", note);
    t.true(Buffer.concat(parts).equals(content.subarray(start, start + 900_000)));
    const later = had.filter((index) => index < piece || index > piece + 16);
    t.true(later.length <= mostOthers, `${later.length} other pieces came first: ${had.join()}`);
  }
});
