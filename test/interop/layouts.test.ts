// The names of files that our user chooses, against other clients.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Exchange } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Qbittorrent } from "../support/clients/qbittorrent.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { Relay } from "../support/swarm/relay.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const pieceLengthBytes = 16_384;
const local = { ...quiet, port: 0, bind: ["127.0.0.1"] };
const several = [
  { path: ["a.bin"], lengthBytes: 100_000 },
  { path: ["sub", "b.bin"], lengthBytes: 50_000 },
];

for (const [layout, theirs] of [
  ["own", "Original"],
  ["folder", "Subfolder"],
  ["no-folder", "NoSubfolder"],
] as const) {
  for (const [what, files] of [
    ["a single file", 150_000],
    ["several files", several],
  ] as const) {
    test.serial(
      `L13: ${what} that qBittorrent has laid out as ${theirs} are found as ${layout}`,
      async (t) => {
        await using exchange = await Exchange.prepare({
          pieceLengthBytes,
          files,
          name: "a.film.mkv",
        });
        const { torrent, tracker, source, target } = exchange;
        await using _seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
        await tracker.knowsSeeder(torrent.infoHash);
        await using client = await Qbittorrent.leech({
          torrent: torrent.path,
          folder: target,
          layout: theirs,
        });
        await client.finished();
        await using coordinator = await startEngine({ ...local, directory: target });
        const checked = await coordinator.add(torrent.path, { layout, checkOnly: true });
        t.like(await checked.checked, { failed: 0 });
        t.deepEqual(
          checked.files.map(({ path }) => path).toSorted(),
          filesBelow(target)
            .map((path) => join(target, path))
            .toSorted(),
        );
      },
    );
  }
}

test.serial(
  "E10, E11: files that are renamed while libtorrent sends them are whole, and fetched once",
  async (t) => {
    const files = several.map(({ path }, index) => ({ path, lengthBytes: 8_000_000 + index }));
    await using exchange = await Exchange.prepare({ pieceLengthBytes, files });
    const { torrent, payload, source, target } = exchange;
    await using seeder = await Libtorrent.seed({ torrent: torrent.path, folder: source });
    const door = { host: "127.0.0.1", port: await seeder.port() };
    await using relay = await Relay.open({ target: door, gated: "target" });
    await using coordinator = await startEngine({ ...local, directory: target });
    const added = await coordinator.add(torrent.path, {
      ...{ partSuffix: ".part", useTrackers: false, peers: [relay] },
    });
    for (let renames = 1; renames <= 8; renames++) {
      relay.allow(renames * 1_500_000);
      await relay.whenUsedUp();
      t.false(added.isComplete);
      await added
        .rename(renames % 2, `${renames % 3}/${renames}`)
        .catch((error: { code: string }) => {
          if (error.code !== "torrent-busy") throw error;
        });
    }
    relay.allow(Infinity);
    await added.completed;
    const { progress } = added;
    t.is(progress.downloadedBytes, 16_000_001);
    t.is(progress.wastedBytes, 0);
    t.true((await seeder.figures()).uploaded >= 16_000_001);
    t.is(filesBelow(target).length, 2);
    for (const [file, path] of payload.paths.entries()) {
      const copy = readFileSync(added.files[file]?.path ?? "");
      t.true(copy.equals(readFileSync(join(source, path))), path);
    }
  },
);
