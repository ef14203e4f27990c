// We get a torrent by a magnet link alone, from a client that is its only source of metadata and data.

import test from "ava";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { base32Of, magnetTo } from "../support/clients/magnet-link.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Relay } from "../support/swarm/relay.ts";

const mebibyte = 1 << 20;
const shape = { pieceLengthBytes: mebibyte / 4, files: 8 * mebibyte };

test.serial("three peer-workers download a magnet link in base32", async (t) => {
  await using exchange = await Exchange.prepare(shape);
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
    await using exchange = await Exchange.prepare(shape);
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
