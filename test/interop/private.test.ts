import test, { type ExecutionContext } from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { magnetOver } from "../support/clients/magnet-link.ts";
import { RecordedTracker } from "../support/clients/recorded-tracker.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { writePayload } from "../support/files/payload.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, writeTorrentFile } from "../support/files/torrent-file.ts";
import { Network } from "../support/network.ts";
import { until } from "../support/time/until.ts";

const shape = { name: "payload", pieceLengthBytes: 16_384, files: 1 << 20 };

/**
 * Downloads a torrent from a seeder that its first tracker names. Its second tracker and those of `--tracker` are on a
 * machine without any.
 *
 * @returns Packets to each of them: the second, and of `--tracker` one over UDP and one over HTTP.
 */
async function packetsToOtherTrackers(
  t: ExecutionContext,
  isPrivate: boolean,
): Promise<readonly number[]> {
  await using network = await Network.of(3);
  const [ours, theirs, others] = network.clients;
  if (ours === undefined || theirs === undefined || others === undefined) throw new Error("bug");
  using source = temporaryFolder("private-source");
  using target = temporaryFolder("private-target");
  const payload = writePayload({ folder: source.path, ...shape });
  const infoHash = infoHashOf(payload, isPrivate);
  await using tracker = await Opentracker.start([infoHash], theirs);
  const ports = [1_001, 1_002, 1_003];
  const [second = "", udp = "", http = ""] = ["udp", "udp", "http"].map(
    (scheme, i) => `${scheme}://${others.ip4}:${ports[i]}/announce`,
  );
  const torrent = writeTorrentFile(payload, [tracker.url, second], isPrivate);
  await using _seeder = await Troupe.seed({
    torrent: torrent.path,
    folder: source.path,
    within: theirs.within,
  });
  await tracker.knowsSeeder(infoHash);
  await theirs.holdPayload();

  const sent = await ours.countSent(ports.map((port) => `ip daddr ${others.ip4} th dport ${port}`));
  await using download = await Troupe.download({
    torrent: torrent.path,
    folder: target.path,
    within: ours.within,
    arguments: ["--tracker", udp, "--tracker", http],
  });
  await until(
    "the own tracker knows our download",
    async () => (await tracker.scrape(infoHash)).incomplete === 1,
  );
  if (!isPrivate)
    await until("the other trackers hear of it", async () =>
      (await sent()).every((packets) => packets > 0),
    );
  await theirs.letPayload();
  await download.finished();
  await assertSameFiles(t, payload, target.path);
  return await sent();
}

test.serial(
  "a private torrent sends no packet to a second tracker nor to those of --tracker",
  async (t) => {
    t.deepEqual(await packetsToOtherTrackers(t, true), [0, 0, 0]);
  },
);

test.serial("the same torrent without the private flag announces to all trackers", async (t) => {
  for (const packets of await packetsToOtherTrackers(t, false)) t.true(packets > 0);
});

// Only aria2, of the clients here, sends the metadata of a private torrent.
test.serial(
  "a magnet link that turns out private keeps its tracker and leaves the one of --tracker",
  async (t) => {
    using source = temporaryFolder("private-source");
    using target = temporaryFolder("private-target");
    const payload = writePayload({ folder: source.path, ...shape });
    const infoHash = infoHashOf(payload, true);
    await using own = await RecordedTracker.before({ 4: await Opentracker.start([infoHash]) });
    await using other = await RecordedTracker.before({ 4: await Opentracker.start([infoHash]) });
    const torrent = writeTorrentFile(payload, [own.trackers[4].url], true);
    await using _seeder = await Aria2.seed({ torrent: torrent.path, folder: source.path });
    await own.knowsSeeder(infoHash);
    await using download = await Troupe.download({
      torrent: magnetOver(own, infoHash),
      folder: target.path,
      arguments: ["--tracker", other.url],
    });
    await download.finished();

    await assertSameFiles(t, payload, target.path);
    t.is(download.latest("warning")?.["code"], "tracker-not-for-private");
    // A tracker that is slow may not have heard of the start when the metadata comes.
    const events = other.announces().map(({ query }) => query.event);
    t.true(["", "started", "started,stopped"].includes(events.join()), events.join());
    t.is(own.announces("completed").length, 1);
    t.is(own.announces().at(-1)?.query.event, "stopped");
  },
);
