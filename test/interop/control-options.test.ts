// Options of the command that say how a torrent runs, beside libtorrent and opentracker.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { assertSameFiles, Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe, type TroupeEvent } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 8 << 20 };

/** The indices of the verified pieces, in the order of their events. */
function verifiedPieces(events: readonly TroupeEvent[]): readonly number[] {
  return events.filter(({ verified }) => verified === true).map(({ index }) => Number(index));
}

test.serial(
  "L03: --tracker-list names the opentracker that knows the libtorrent seed of a torrent without trackers",
  async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { payload, torrent, tracker, source, target } = exchange;
    await using _seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
    await tracker.knowsSeeder(torrent.infoHash);
    using folder = temporaryFolder("tracker-list");
    const bare = writeTorrentFile({ ...payload, folder: folder.path }).path;
    const list = join(folder.path, "trackers.txt");
    writeFileSync(list, `${tracker.url}\n`);
    await using download = await Troupe.download({
      torrent: bare,
      folder: target,
      arguments: ["--tracker-list", list],
    });
    await download.finished();
    await assertSameFiles(t, payload, target);
  },
);

test.serial("L10: --announce-port is the port that opentracker gives to others", async (t) => {
  await using exchange = await Exchange.prepare(shape);
  const { torrent, tracker, source } = exchange;
  await using _seeder = await Troupe.seed({
    torrent: torrent.path,
    folder: source,
    arguments: ["--announce-port", "40322"],
  });
  await tracker.knowsSeeder(torrent.infoHash);
  t.deepEqual(await tracker.peers(torrent.infoHash), ["127.0.0.1:40322"]);
});

test.serial("F03: --from-piece fetches from libtorrent in order from there on", async (t) => {
  await using exchange = await Exchange.prepare(shape);
  const { payload, torrent, source, target } = exchange;
  const options = { torrent: torrent.path, folder: source, upLimit: 2 << 20 };
  await using seeder = await Libtorrent.seed(options);
  await using download = await Troupe.download({
    torrent: torrent.path,
    folder: target,
    arguments: [
      ...["--peer", `127.0.0.1:${await seeder.port()}`, "--no-trackers"],
      ...["--from-piece", "64"],
    ],
  });
  await download.finished();
  await assertSameFiles(t, payload, target);
  const pieces = verifiedPieces(download.all("piece"));
  t.is(pieces.length, 128);
  const early = pieces.slice(0, 64).filter((piece) => piece < 64);
  t.true(early.length <= 4, `before the last of its pieces: ${early.join()}`);
});

test.serial(
  "L23: the ratio of a settings file ends a seed that libtorrent has fetched",
  async (t) => {
    await using exchange = await Exchange.prepare(shape);
    const { payload, torrent, source, target } = exchange;
    using folder = temporaryFolder("settings");
    const settings = join(folder.path, "settings.yaml");
    writeFileSync(settings, "goals:\n  ratio: 1\n");
    await using seeder = await Troupe.seed({
      torrent: torrent.path,
      folder: source,
      arguments: ["--settings", settings, "--no-trackers"],
    });
    const { port } = await seeder.event("listening");
    await using leecher = await Libtorrent.leech({
      torrent: torrent.path,
      folder: target,
      peer: { host: "127.0.0.1", port: Number(port) },
    });
    await leecher.finished();
    t.like(await seeder.event("goal-reached"), { reached: ["ratio"] });
    t.like(await seeder.event("end"), { exitCode: 0 });
    await assertSameFiles(t, payload, target);
  },
);
