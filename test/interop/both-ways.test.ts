// Each of these clients seeds to us and downloads from us; the files are compared by the system's own SHA-256.

import test from "ava";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Webtorrent } from "../support/clients/webtorrent.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";

const mebibyte = 1 << 20;
const pieceLengthBytes = mebibyte / 4;
const mebibytes = isLong ? 48 : 8;

for (const [name, client] of [
  ["rtorrent", Rtorrent],
  ["qBittorrent", Qbittorrent],
  ["WebTorrent", Webtorrent],
] as const) {
  test.serial(`${mebibytes} MiB arrive from ${name}`, async (t) => {
    await using exchange = await Exchange.prepare({
      pieceLengthBytes,
      files: mebibytes * mebibyte,
    });
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await client.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    await using download = await Troupe.download({ torrent: torrent.path, folder: target });
    await download.finished();
    await assertSameFiles(t, payload, target);
  });

  test.serial(`${name} downloads ${mebibytes} MiB from us`, async (t) => {
    await using exchange = await Exchange.prepare({
      pieceLengthBytes,
      files: mebibytes * mebibyte,
    });
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    await using leech = await client.leech({ torrent: torrent.path, folder: target });
    await leech.finished();
    await assertSameFiles(t, payload, target);
  });
}

// rtorrent asks for thousands of blocks at once when it is this fast, and stood still at 95 % when we kept 500 of them.
longTest("rtorrent downloads 256 MiB from us without a rate limit, to its end", async (t) => {
  await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 256 * mebibyte });
  const { torrent, tracker, payload, source, target } = exchange;
  await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);
  await using leech = await Rtorrent.leech({ torrent: torrent.path, folder: target });
  await leech.finished();
  await assertSameFiles(t, payload, target);
});

longTest("rtorrent downloads 12 MiB from us at 1 MB/s, to its end", async (t) => {
  await using exchange = await Exchange.prepare({ pieceLengthBytes, files: 12 * mebibyte });
  const { torrent, tracker, payload, source, target } = exchange;
  await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
  await tracker.knowsSeeder(torrent.infoHash);
  await using leech = await Rtorrent.leech({
    torrent: torrent.path,
    folder: target,
    downKibibytesPerSecond: 1_000,
  });
  await leech.finished();
  await assertSameFiles(t, payload, target);
});
