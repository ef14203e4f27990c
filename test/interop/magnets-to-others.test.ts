// Other clients get a torrent by a magnet link alone; its only source of metadata and data is ours, which seeds a .torrent.

import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { magnetOver } from "../support/clients/magnet-link.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { Webtorrent } from "../support/clients/webtorrent.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { Network } from "../support/network.ts";

const mebibyte = 1 << 20;
const mebibytes = isLong ? 64 : 16;
/** The metadata of 16 MiB has two blocks, of 64 MiB six. */
const shape = { pieceLengthBytes: 16_384, files: mebibytes * mebibyte };

const clients = [
  ["libtorrent", Libtorrent],
  ["aria2", Aria2],
  ["WebTorrent", Webtorrent],
] as const;

for (const [name, client] of isLong ? clients : clients.slice(0, 2)) {
  test.serial(`${name} downloads ${mebibytes} MiB from us by a magnet link alone`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await Troupe.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    const magnet = magnetOver(tracker, torrent.infoHash);
    await using leech = await client.leech({ torrent: magnet, folder: target });
    await leech.finished();
    await assertSameFiles(t, payload, target);
  });
}

longTest("Transmission downloads 64 MiB from us by a magnet link alone", async (t) => {
  await using network = await Network.of(2);
  const [ours, theirs] = network.clients;
  if (ours === undefined || theirs === undefined) return t.fail();
  await using exchange = await Exchange.prepareWith(shape, (hash) =>
    Opentracker.start([hash], ours),
  );
  const { torrent, tracker, payload, source, target } = exchange;
  await using _seeder = await Troupe.seed({
    torrent: torrent.path,
    folder: source,
    within: ours.within,
  });
  await tracker.knowsSeeder(torrent.infoHash);
  const magnet = magnetOver(tracker, torrent.infoHash);
  await using leech = await Transmission.leech({
    torrent: magnet,
    folder: target,
    within: theirs.within,
  });
  await leech.finished();
  await assertSameFiles(t, payload, target);
});
