// Torrents of `createTorrent` with clients that know version 1 alone. test/interop/v2-swarms.test.ts has the others.

import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { startOwnTracker } from "../support/clients/own-tracker.ts";
import { madeTorrent } from "../support/hashes/made-torrent.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const pieceLengthBytes = 65_536;
const lengths = [1, 16_384, pieceLengthBytes, pieceLengthBytes + 1, 500_001];

for (const [name, client] of [
  ["Transmission", Transmission],
  ["aria2", Aria2],
  ["rtorrent", Rtorrent],
] as const)
  test.serial(`E14: ${name} downloads a torrent of version 1 that we have made`, async (t) => {
    await using tracker = await startOwnTracker(host);
    using torrent = await madeTorrent("v1", lengths, { pieceLengthBytes, trackers: [tracker.url] });
    await using theirs = await client.leech({ torrent: torrent.path, folder: torrent.target });
    const options = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
    await using ours = await Coordinator.start({ ...options, directory: torrent.source });
    // Transmission dials no address of 127.0.0.0/8.
    const peers = theirs instanceof Transmission ? [{ host, port: theirs.port }] : [];
    await (
      await ours.add(torrent.path, { peers })
    ).completed;
    await theirs.finished();
    await assertSameFiles(t, torrent.payload, torrent.target);
  });
