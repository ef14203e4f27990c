// Clients that take and dial no connection but one over uTP: both ways.

import test from "ava";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { Transmission } from "../support/clients/transmission.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { isLong } from "../support/lanes.ts";
import { Network } from "../support/network.ts";

const mebibyte = 1 << 20;
const mebibytes = isLong ? 32 : 8;
const shape = { pieceLengthBytes: mebibyte / 4, files: mebibytes * mebibyte };
const overUtp = { connected: true, transport: "utp" };
const dropTcp = 'iifname "eth0" meta l4proto tcp';

const clients = [
  [
    "libtorrent",
    (torrent: string, folder: string) => Libtorrent.leech({ torrent, folder, transport: "utp" }),
    (torrent: string, folder: string) => Libtorrent.seed({ torrent, folder, transport: "utp" }),
  ],
  [
    "qBittorrent",
    (torrent: string, folder: string) => Qbittorrent.leech({ torrent, folder, isOverUtp: true }),
    (torrent: string, folder: string) => Qbittorrent.seed({ torrent, folder, isOverUtp: true }),
  ],
] as const;

for (const [name, leech, seed] of isLong ? clients : clients.slice(0, 1)) {
  test.serial(`D04: ${mebibytes} MiB arrive from ${name} over uTP alone`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    await using _seeder = await seed(torrent.path, source);
    await tracker.knowsSeeder(torrent.infoHash);
    await using download = await Troupe.download({
      ...{ torrent: torrent.path, folder: target },
      arguments: ["--transport", "utp", "--json-events", "peer,complete"],
    });
    await download.finished();
    await assertSameFiles(t, payload, target);
    t.like(await download.event("peer"), overUtp);
  });

  test.serial(`D04: ${name} downloads ${mebibytes} MiB from us over uTP alone`, async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { torrent, tracker, payload, source, target } = exchange;
    await using seeder = await Troupe.seed({
      ...{ torrent: torrent.path, folder: source },
      arguments: ["--json-events", "peer"],
    });
    await tracker.knowsSeeder(torrent.infoHash);
    await using downloading = await leech(torrent.path, target);
    await downloading.finished();
    await assertSameFiles(t, payload, target);
    t.like(await seeder.event("peer"), overUtp);
  });
}

test.serial(
  `D04: with both transports ${mebibytes} MiB arrive from libtorrent, encrypted or not`,
  async (t) => {
    for (const isEncrypted of [false, true]) {
      await using exchange = await Exchange.prepare(shape);
      const { torrent, tracker, payload, source, target } = exchange;
      const seed = { torrent: torrent.path, folder: source, isEncrypted };
      await using _seeder = await Libtorrent.seed({ ...seed, transport: "both" });
      await tracker.knowsSeeder(torrent.infoHash);
      const arguments_ = ["--json-events", "peer,complete"];
      await using download = await Troupe.download({
        ...{ torrent: torrent.path, folder: target, arguments: arguments_ },
      });
      await download.finished();
      await assertSameFiles(t, payload, target);
      t.like(await download.event("peer"), {
        connected: true,
        encryption: isEncrypted ? "rc4" : "none",
      });
    }
  },
);

test.serial(
  `D04: where the network drops TCP, ${mebibytes} MiB go from Transmission to us and from us to Transmission`,
  async (t) => {
    await using network = await Network.of(2);
    const [theirs, ours] = network.clients;
    if (theirs === undefined || ours === undefined) return t.fail();
    await theirs.drop(dropTcp);
    await using first = await Exchange.prepare(shape);
    const parts = { torrent: first.torrent.path, within: theirs.within, hasUtp: true };
    await using seeder = await Transmission.seed({ ...parts, folder: first.source });
    const words = ["--json-events", "peer,complete"];
    await using download = await Troupe.download({
      ...{ torrent: first.torrent.path, folder: first.target, within: ours.within },
      arguments: ["--peer", `${theirs.ip4}:${seeder.port}`, ...words],
    });
    await download.finished();
    await assertSameFiles(t, first.payload, first.target);
    t.like(await download.event("peer"), overUtp);

    await using second = await Exchange.prepare(shape);
    const others = { torrent: second.torrent.path, within: theirs.within, hasUtp: true };
    await using leech = await Transmission.leech({ ...others, folder: second.target });
    await using seed = await Troupe.seed({
      ...{ torrent: second.torrent.path, folder: second.source, within: ours.within },
      arguments: ["--peer", `${theirs.ip4}:${leech.port}`, "--json-events", "peer"],
    });
    await leech.finished();
    await assertSameFiles(t, second.payload, second.target);
    t.like(await seed.event("peer"), overUtp);
  },
);
