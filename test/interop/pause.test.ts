// A pause beside a live libtorrent: the connection stays, and no payload flows in either direction.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import type { EventRecord } from "../support/swarm/event-record.ts";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const mebibyte = 1 << 20;
const shape = { pieceLengthBytes: mebibyte / 4, files: 16 * mebibyte };

/** Names no tracker: clients that found each other by one would not need the paused torrent. */
function torrentFile(swarm: Swarm): string {
  const path = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(path, torrentBytes(swarm.payload));
  return path;
}

/** A door that lets a quarter of the payload pass. */
async function doorTo(swarm: Swarm, port: number): Promise<Relay> {
  const target = { host: "127.0.0.1", port };
  const relay = swarm.use(await Relay.open({ target, gated: "target" }));
  relay.allow(shape.files / 4);
  return relay;
}

async function pause(record: EventRecord): Promise<void> {
  const { torrent } = record;
  torrent.pause();
  await record.until("the pause", () => torrent.state === "paused");
}

/** Another libtorrent downloads everything from a libtorrent: as much time as the paused torrent would need. */
async function otherDownload(swarm: Swarm): Promise<void> {
  const torrent = torrentFile(swarm);
  await using seeder = await Libtorrent.seed({ torrent, folder: swarm.payload.folder });
  const peer = { host: "127.0.0.1", port: await seeder.port() };
  const folder = swarm.folder("other").path;
  await using leecher = await Libtorrent.leech({ torrent, folder, peer });
  await leecher.finished();
}

test.serial(
  "AE10: a paused download keeps its connection to libtorrent, takes no payload and ends after a start",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { folder: source } = swarm.payload;
    await using seeder = await Libtorrent.seed({ torrent: torrentFile(swarm), folder: source });
    const relay = await doorTo(swarm, await seeder.port());
    const { record, folder } = await swarm.join({
      torrent: { useTrackers: false, peers: [relay] },
    });
    const { torrent } = record;
    await relay.whenUsedUp();
    await pause(record);
    // Blocks that were on their way arrive.
    relay.allow(Infinity);
    await otherDownload(swarm);
    const counts = async () => [torrent.downloaded, (await seeder.figures()).uploaded];
    const before = await counts();
    await otherDownload(swarm);
    t.deepEqual(await counts(), before);
    t.false(torrent.isComplete);
    t.is((await torrent.peers()).length, 1);
    t.deepEqual(record.partings, []);

    torrent.start();
    await torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
  },
);

test.serial(
  "AE10: a paused seed keeps its connection to libtorrent, gives no payload and serves again after a start",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { coordinator, record } = await swarm.seed({ torrent: { useTrackers: false } });
    const { torrent } = record;
    const target = swarm.folder("leecher").path;
    const peer = await doorTo(swarm, coordinator.port);
    await using leecher = await Libtorrent.leech({
      torrent: torrentFile(swarm),
      folder: target,
      peer,
    });
    await peer.whenUsedUp();
    await pause(record);
    peer.allow(Infinity);
    await otherDownload(swarm);
    const counts = async () => [torrent.uploaded, (await leecher.figures()).downloaded];
    const before = await counts();
    await otherDownload(swarm);
    t.deepEqual(await counts(), before);
    t.true(torrent.uploaded < shape.files);
    t.is((await torrent.peers()).length, 1);
    t.deepEqual(record.partings, []);

    torrent.start();
    await leecher.finished();
    await assertSameFiles(t, swarm.payload, target);
  },
);
