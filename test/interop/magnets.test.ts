// We get a torrent by a magnet link alone, from a client that is its only source of metadata and data.

import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { base32Of, magnetOver, magnetTo } from "../support/clients/magnet-link.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Webtorrent } from "../support/clients/webtorrent.ts";
import { isLong } from "../support/lanes.ts";
import { Relay } from "../support/swarm/relay.ts";

const mebibyte = 1 << 20;
const mebibytes = isLong ? 64 : 16;
/** The metadata of 16 MiB has two blocks, of 64 MiB six. */
const shape = { pieceLengthBytes: 16_384, files: mebibytes * mebibyte };

const clients = [
  ["libtorrent", Libtorrent],
  ["aria2", Aria2],
  ["Transmission", Transmission],
  ["WebTorrent", Webtorrent],
  ["rtorrent", Rtorrent],
] as const;

for (const [name, client] of isLong ? clients : clients.slice(0, 2)) {
  test.serial(`${mebibytes} MiB arrive from ${name} by a magnet link alone`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await client.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    const magnet = magnetOver(tracker, torrent.infoHash);
    await using download = await Troupe.download({ torrent: magnet, folder: target });
    await download.finished();
    await assertSameFiles(t, payload, target);
  });
}

test.serial("three peer-workers download a magnet link in base32", async (t) => {
  await using exchange = await Exchange.prepare({ ...shape, files: 8 * mebibyte });
  const { torrent, payload, source, target } = exchange;
  await using seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
  await using download = await Troupe.download({
    torrent: magnetTo("127.0.0.1", await seeder.port(), base32Of(torrent.infoHash)),
    folder: target,
    arguments: ["--peer-workers", "3"],
  });
  await download.finished();
  await assertSameFiles(t, payload, target);
});

test.serial(
  "the peer of a link without a tracker sends metadata and data on one connection",
  async (t) => {
    await using exchange = await Exchange.prepare({ ...shape, files: 8 * mebibyte });
    const { torrent, payload, source, target } = exchange;
    await using seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
    await using relay = await Relay.open({
      target: { host: "127.0.0.1", port: await seeder.port() },
      gated: "target",
    });
    relay.allow(Infinity);
    await using download = await Troupe.download({
      torrent: magnetTo(relay.host, relay.port, torrent.infoHash),
      folder: target,
    });
    await download.finished();
    await assertSameFiles(t, payload, target);
    t.is(relay.connections, 1);
  },
);
