// Clients that take and dial no connection but one encrypted by RC4: both ways, over TCP alone.

import test from "ava";
import { Aria2 } from "../support/clients/aria2.ts";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Rtorrent } from "../support/clients/rtorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { isLong } from "../support/lanes.ts";

const mebibytes = isLong ? 32 : 4;
const shape = { pieceLengthBytes: 1 << 18, files: mebibytes << 20 };
const clients = [
  ["libtorrent", Libtorrent],
  ["Transmission", Transmission],
  ["aria2", Aria2],
  ["rtorrent", Rtorrent],
  ["qBittorrent", Qbittorrent],
] as const;
const chosen = isLong ? clients : clients.slice(0, 2);

for (const [name, client] of chosen) {
  test.serial(`B10: ${mebibytes} MiB arrive from ${name}, which requires RC4`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    const seed = { torrent: torrent.path, folder: source, isEncrypted: true };
    await using _seeder = await client.seed(seed);
    await tracker.knowsSeeder(torrent.infoHash);
    const words = ["--json-events", "peer,complete"];
    await using download = await Troupe.download({
      ...{ torrent: torrent.path, folder: target, arguments: words },
    });
    await download.finished();
    await assertSameFiles(t, payload, target);
    t.like(await download.event("peer"), { connected: true, encryption: "rc4" });
  });

  // Transmission dials no address of this machine: we dial it.
  if (name === "Transmission") continue;
  test.serial(`B10: ${name}, which requires RC4, downloads ${mebibytes} MiB from us`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    const words = ["--encryption", "require", "--json-events", "peer"];
    await using seeder = await Troupe.seed({
      ...{ torrent: torrent.path, folder: source, arguments: words },
    });
    await tracker.knowsSeeder(torrent.infoHash);
    const leech = { torrent: torrent.path, folder: target, isEncrypted: true };
    await using downloading = await client.leech(leech);
    await downloading.finished();
    await assertSameFiles(t, payload, target);
    t.like(await seeder.event("peer"), { connected: true, encryption: "rc4" });
  });
}

test.serial(
  `B10: Transmission, which requires RC4 and which we dial, downloads ${mebibytes} MiB from us`,
  async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, payload, source, target } = exchange;
    const leech = { torrent: torrent.path, folder: target, isEncrypted: true };
    await using downloading = await Transmission.leech(leech);
    const words = ["--peer", `127.0.0.1:${downloading.port}`, "--json-events", "peer"];
    await using seeder = await Troupe.seed({
      ...{ torrent: torrent.path, folder: source, arguments: words },
    });
    await downloading.finished();
    await assertSameFiles(t, payload, target);
    t.like(await seeder.event("peer"), { connected: true, encryption: "rc4" });
  },
);
