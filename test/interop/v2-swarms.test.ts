// Torrents of version 2 and hybrids with other clients, in both directions; files are compared outside our code.

import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Webtorrent } from "../support/clients/webtorrent.ts";
import { firstDifference } from "../support/files/compare-files.ts";
import { madeTorrent } from "../support/hashes/made-torrent.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { agreedVersions } from "../support/swarm/agreed-versions.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { helloBytes, Relay } from "../support/swarm/relay.ts";
import { until } from "../support/time/until.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const kib = 1_024;
const pieceLengths = isLong ? [16 * kib, 64 * kib, 4_096 * kib] : [64 * kib];
const versions = ["hybrid", "v2"] as const;

/** Files of no byte, one, a block, a piece, and one byte more. */
function lengthsFor(pieceLengthBytes: number): number[] {
  const many = 5 * pieceLengthBytes + 100_001;
  return [0, 1, 16 * kib, pieceLengthBytes, pieceLengthBytes + 1, many];
}

for (const version of versions) {
  for (const pieceLengthBytes of pieceLengths) {
    const what = `a ${version} torrent with pieces of ${pieceLengthBytes / kib} KiB`;
    const lengths = lengthsFor(pieceLengthBytes);
    // libtorrent is dialled by version 1 of a hybrid.
    const agreed = version === "hybrid" ? { v1: 0, upgraded: 1 } : { v1: 0, v2: 1 };

    test.serial(`A15, A16: ${what} arrives from libtorrent`, async (t) => {
      using torrent = await madeTorrent(version, lengths, { pieceLengthBytes });
      await using theirs = await Libtorrent.seed({ torrent: torrent.path, folder: torrent.source });
      await using ours = await Coordinator.start({ ...local, directory: torrent.target });
      const peers = [{ host, port: await theirs.port() }];
      await (
        await ours.add(torrent.path, { peers })
      ).completed;
      await assertSameFiles(t, torrent.payload, torrent.target);
      t.like(await agreedVersions(ours), agreed);
    });

    test.serial(`A15, A16: libtorrent downloads ${what} from us`, async (t) => {
      using torrent = await madeTorrent(version, lengths, { pieceLengthBytes });
      await using ours = await Coordinator.start({ ...local, directory: torrent.source });
      await (
        await ours.add(torrent.path)
      ).completed;
      const peer = { host, port: ours.port };
      await using theirs = await Libtorrent.leech({
        ...{ torrent: torrent.path, folder: torrent.target, peer },
      });
      await theirs.finished();
      await assertSameFiles(t, torrent.payload, torrent.target);
      const { v1, v2 = 0, upgraded = 0 } = await agreedVersions(ours);
      t.is(v1, 0);
      t.is(v2 + upgraded, 1);
    });
  }

  const pieceLengthBytes = 64 * kib;
  const lengths = lengthsFor(pieceLengthBytes);

  longTest(`A15, A16: a ${version} torrent arrives from qBittorrent`, async (t) => {
    await using tracker = await startOwnTracker(host);
    const made = { pieceLengthBytes, trackers: [tracker.url] };
    using torrent = await madeTorrent(version, lengths, made);
    await using _theirs = await Qbittorrent.seed({ torrent: torrent.path, folder: torrent.source });
    await tracker.knowsSeeder(torrent.names[0] ?? "");
    await using ours = await Coordinator.start({ ...local, directory: torrent.target });
    await (
      await ours.add(torrent.path)
    ).completed;
    await assertSameFiles(t, torrent.payload, torrent.target);
    t.is((await agreedVersions(ours))["v1"], 0);
  });

  longTest(`A15, A16: qBittorrent downloads a ${version} torrent from us`, async (t) => {
    await using tracker = await startOwnTracker(host);
    const made = { pieceLengthBytes, trackers: [tracker.url] };
    using torrent = await madeTorrent(version, lengths, made);
    await using ours = await Coordinator.start({ ...local, directory: torrent.source });
    await (
      await ours.add(torrent.path)
    ).completed;
    await tracker.knowsSeeder(torrent.names[0] ?? "");
    await using theirs = await Qbittorrent.leech({ torrent: torrent.path, folder: torrent.target });
    await theirs.finished();
    await assertSameFiles(t, torrent.payload, torrent.target);
    t.is((await agreedVersions(ours))["v1"], 0);
  });
}

for (const hash of ["v1", "v2"] as const) {
  const what = `a link with the hash of ${hash} alone`;
  const made = { pieceLengthBytes: 64 * kib };
  const lengths = lengthsFor(made.pieceLengthBytes);

  test.serial(`A16: ${what} brings a hybrid from libtorrent`, async (t) => {
    using torrent = await madeTorrent("hybrid", lengths, made);
    await using theirs = await Libtorrent.seed({ torrent: torrent.path, folder: torrent.source });
    await using ours = await Coordinator.start({ ...local, directory: torrent.target });
    const peers = [{ host, port: await theirs.port() }];
    await (
      await ours.add(torrent.links[hash], { peers })
    ).completed;
    await assertSameFiles(t, torrent.payload, torrent.target);
    // The metadata shows the other hash: a connection that began by version 1 is made anew.
    t.like(await agreedVersions(ours), { v1: hash === "v1" ? 1 : 0, v2: 1, upgraded: 0 });
  });

  test.serial(`A16: libtorrent downloads a hybrid from us by ${what}`, async (t) => {
    using torrent = await madeTorrent("hybrid", lengths, made);
    await using ours = await Coordinator.start({ ...local, directory: torrent.source });
    await (
      await ours.add(torrent.path)
    ).completed;
    await using theirs = await Libtorrent.leech({
      torrent: `${torrent.links[hash]}&x.pe=${host}:${ours.port}`,
      folder: torrent.target,
    });
    await theirs.finished();
    await assertSameFiles(t, torrent.payload, torrent.target);
    t.like(await agreedVersions(ours), { v1: 0, v2: 0, upgraded: 0, [hash]: 1 });
  });
}

// WebTorrent speaks version 1 alone. Of Debian's clients of version 1, Transmission 3.00 opens no .torrent with a file tree, and aria2
// 1.36 takes another info-hash for it, of libtorrent's hybrids as of ours.

test.serial("A16: a hybrid arrives from WebTorrent alone, which speaks version 1", async (t) => {
  await using tracker = await startOwnTracker(host);
  const made = { pieceLengthBytes: 64 * kib, trackers: [tracker.url] };
  using torrent = await madeTorrent("hybrid", lengthsFor(made.pieceLengthBytes), made);
  torrent.writePadding();
  await using _theirs = await Webtorrent.seed({ torrent: torrent.path, folder: torrent.source });
  await tracker.knowsSeeder(torrent.names[0] ?? "");
  await using ours = await Coordinator.start({ ...local, directory: torrent.target });
  await (
    await ours.add(torrent.path)
  ).completed;
  await assertSameFiles(t, torrent.payload, torrent.target);
  t.like(await agreedVersions(ours), { v1: 1, v2: 0, upgraded: 0 });
});

test.serial("A16: WebTorrent, which speaks version 1, downloads a hybrid from us", async (t) => {
  await using tracker = await startOwnTracker(host);
  const made = { pieceLengthBytes: 64 * kib, trackers: [tracker.url] };
  using torrent = await madeTorrent("hybrid", lengthsFor(made.pieceLengthBytes), made);
  await using ours = await Coordinator.start({ ...local, directory: torrent.source });
  await (
    await ours.add(torrent.path)
  ).completed;
  await tracker.knowsSeeder(torrent.names[0] ?? "");
  await using theirs = await Webtorrent.leech({ torrent: torrent.path, folder: torrent.target });
  await theirs.finished();
  const { folder, paths } = torrent.payload;
  // It makes no empty file.
  const [, ...filled] = paths;
  t.is(await firstDifference([folder, torrent.target], filled), undefined);
  const { v1 = 0, v2, upgraded } = await agreedVersions(ours);
  t.true(v1 > 0);
  t.deepEqual([v2, upgraded], [0, 0]);
});

test.serial("A16: a hybrid arrives from peers of version 1 and of version 2 at once", async (t) => {
  await using tracker = await startOwnTracker(host);
  const made = { pieceLengthBytes: 64 * kib, trackers: [tracker.url] };
  using torrent = await madeTorrent("hybrid", lengthsFor(made.pieceLengthBytes), made);
  torrent.writePadding();
  const seeded = { torrent: torrent.path, folder: torrent.source };
  await using _first = await Webtorrent.seed(seeded);
  await tracker.knowsSeeder(torrent.names[0] ?? "");
  await using second = await Libtorrent.seed(seeded);
  const target = { host, port: await second.port() };
  await using relay = await Relay.open({ target, gated: "target" });
  relay.allow(helloBytes);
  await using ours = await Coordinator.start({ ...local, directory: torrent.target });
  const peers = [relay];
  const job = await ours.add(torrent.path, { peers, useTrackers: false });
  await until("a peer of version 2", async () => {
    const { v2: plain = 0, upgraded: both = 0 } = await agreedVersions(ours);
    return plain + both > 0;
  });
  job.set({ useTrackers: true });
  await until("a peer of version 1", async () => ((await agreedVersions(ours))["v1"] ?? 0) > 0);
  relay.allow(Infinity);
  await job.completed;
  await assertSameFiles(t, torrent.payload, torrent.target);
  const { v1 = 0, v2 = 0, upgraded = 0 } = await agreedVersions(ours);
  t.true(v1 > 0);
  t.true(v2 + upgraded > 0);
});
