// A pause beside a live libtorrent: the connection stays, and no payload flows in either direction.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import type { EventRecord } from "../support/swarm/event-record.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const mebibyte = 1 << 20;
const shape = { pieceLengthBytes: mebibyte / 4, files: 256 * mebibyte };

function torrentFile(swarm: Swarm): string {
  const path = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(path, swarm.metainfo);
  return path;
}

/**
 * Pauses.
 *
 * @param counts What both sides have moved.
 * @returns The counts once the blocks that were on their way have arrived: for two seconds nothing has changed.
 */
async function pause(
  record: EventRecord,
  counts: () => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const { torrent } = record;
  torrent.pause();
  await record.until("the pause", () => torrent.state === "paused");
  for (let left = 30; ; left--) {
    const before = await counts();
    await seconds(record, 2);
    const now = await counts();
    if (now.join() === before.join() || left === 0) return now;
  }
}

async function seconds(record: EventRecord, count: number): Promise<void> {
  const end = record.seconds + count;
  await record.until(`${count} s`, () => record.seconds >= end);
}

test.serial(
  "AE10: a paused download keeps its connection to libtorrent, takes no payload and ends after a start",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { folder: source } = swarm.payload;
    await using seeder = await Libtorrent.seed({ torrent: torrentFile(swarm), folder: source });
    const peers = [{ host: "127.0.0.1", port: await seeder.port() }];
    const { record, folder } = await swarm.join({ torrent: { useTrackers: false, peers } });
    const { torrent } = record;
    await record.until("some pieces", () => record.pieces.length >= 8);
    const counts = async () => [torrent.downloaded, (await seeder.figures()).uploaded];
    const before = await pause(record, counts);
    await seconds(record, 3);
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
    const peer = { host: "127.0.0.1", port: coordinator.port };
    await using leecher = await Libtorrent.leech({
      torrent: torrentFile(swarm),
      folder: target,
      peer,
    });
    while (!(await torrent.peers()).some(({ uploadedBytes }) => uploadedBytes > 0)) await delay(2);
    const counts = async () => [torrent.uploaded, (await leecher.figures()).downloaded];
    const before = await pause(record, counts);
    await seconds(record, 3);
    t.deepEqual(await counts(), before);
    t.true(torrent.uploaded < shape.files);
    t.is((await torrent.peers()).length, 1);
    t.deepEqual(record.partings, []);

    torrent.start();
    await leecher.finished();
    await assertSameFiles(t, swarm.payload, target);
  },
);
