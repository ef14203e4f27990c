// Torrents with padding files (BEP 47). We request no padding, so blocks that end before it are shorter than others.
// Clients that take padding for ordinary files have to send these blocks.

import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import type { PayloadFile } from "../support/files/payload.ts";

const pieceLengthBytes = 262_144;
const dataBytes = 5_000_001;

/** Four files that padding brings to the start of a piece. */
function paddedFiles(): PayloadFile[] {
  const paddingBytes = pieceLengthBytes - (dataBytes % pieceLengthBytes);
  return [1, 2, 3, 4].flatMap((file) => [
    { path: [`${file}.bin`], lengthBytes: dataBytes },
    { path: [".pad", `${file}`], lengthBytes: paddingBytes, isPadding: true },
  ]);
}

for (const [name, client] of [
  ["libtorrent", Libtorrent],
  ["aria2", Aria2],
  ["rtorrent", Rtorrent],
  ["Transmission", Transmission],
] as const) {
  test.serial(`A18: ${name} gives us a torrent without its padding`, async (t) => {
    await using exchange = await Exchange.prepare({ pieceLengthBytes, files: paddedFiles() });
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await client.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    await using download = await Troupe.download({ torrent: torrent.path, folder: target });
    await download.finished();
    await assertSameFiles(t, payload, target);
  });
}

test.serial("A18: aria2 downloads a torrent and its padding from us", async (t) => {
  await using exchange = await Exchange.prepare({ pieceLengthBytes, files: paddedFiles() });
  const { torrent, tracker, source, target } = exchange;
  await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);
  await using leech = await Aria2.leech({ torrent: torrent.path, folder: target });
  await leech.finished();
  t.is(
    (await leech.figures()).downloaded,
    4 * (dataBytes + pieceLengthBytes - (dataBytes % pieceLengthBytes)),
  );
});
