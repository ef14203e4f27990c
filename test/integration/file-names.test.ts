// Names that some systems forbid: files that lie under the torrent's own names, and under portable ones, are found.

import { cpSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { filesBelow } from "../support/files/files-below.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;
const own = ["Title: Part 1?.bin", "sub. /x|y.bin", "CON", "plain"];
const portable = ["Title_ Part 1_.bin", "sub/x_y.bin", "_CON", "plain"];
const shape = {
  pieceLengthBytes,
  files: own.map((path, index) => ({ path: path.split("/"), lengthBytes: 100_000 + index })),
};
const pathsOf = (names: readonly string[]) => names.map((name) => `payload/${name}`).toSorted();

/** A folder with the whole payload under its own names, or under portable ones. */
function filled(swarm: Swarm, label: string, names: readonly string[]): string {
  const folder = swarm.folder(label).path;
  for (const [index, name] of names.entries()) {
    const from = join(swarm.payload.folder, "payload", own[index] ?? "");
    cpSync(from, join(folder, "payload", name));
  }
  return folder;
}

for (const portableNames of [false, true]) {
  const rule = portableNames ? "portable" : "own";
  const names = portableNames ? portable : own;

  test(`a download with ${rule} names has these names, and seeds and moves them`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.pacedSeeder();
    const { record, folder } = await swarm.join({
      torrent: { useTrackers: false, peers: [seeder], portableNames },
    });
    const { torrent } = record;
    await torrent.completed;
    t.deepEqual(filesBelow(folder), pathsOf(names));
    t.deepEqual(
      torrent.files.map(({ path }) => path),
      names.map((name) => join(folder, "payload", name)),
    );
    const other = swarm.folder("moved").path;
    await torrent.move(other);
    t.deepEqual([filesBelow(other), filesBelow(folder)], [pathsOf(names), []]);
    for (const [index, { path }] of torrent.files.entries()) {
      const source = join(swarm.payload.folder, "payload", own[index] ?? "");
      t.true(readFileSync(path).equals(readFileSync(source)));
    }
    await torrent.remove({ data: true });
    t.deepEqual(filesBelow(other), []);
  });

  for (const [lying, found] of [
    ["own", own],
    ["portable", portable],
  ] as const) {
    test(`a job with ${rule} names uses whole files with ${lying} names, and fetches nothing`, async (t) => {
      await using swarm = await Swarm.open(shape);
      const seeder = await swarm.pacedSeeder();
      const folder = filled(swarm, lying, found);
      const { record } = await swarm.join({
        folder,
        torrent: { useTrackers: false, peers: [seeder], portableNames },
      });
      await record.torrent.completed;
      t.is(seeder.givenBytes, 0);
      t.deepEqual(filesBelow(folder), pathsOf(found));
      t.deepEqual(
        record.torrent.files.map(({ path }) => path),
        found.map((name) => join(folder, "payload", name)),
      );
    });
  }
}

for (const portableNames of [false, true]) {
  test(`a restored job keeps its names, ${portableNames ? "portable" : "own"}, also of files that it has not begun`, async (t) => {
    await using swarm = await Swarm.open(shape);
    const seeder = await swarm.pacedSeeder();
    const stateDirectory = swarm.folder("state").path;
    const { coordinator, folder } = await swarm.join({
      engine: { stateDirectory },
      torrent: { useTrackers: false, portableNames, start: false },
    });
    await coordinator.close();
    await using next = await startEngine({ port: 0, bind: ["127.0.0.1"], stateDirectory });
    const [torrent] = (await next.restore()).torrents;
    torrent?.addPeer(seeder);
    torrent?.start();
    await torrent?.completed;
    t.deepEqual(filesBelow(folder), pathsOf(portableNames ? portable : own));
  });
}

test("a file that was renamed between stop and start is found under its other name, and not hashed again", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const { record, folder } = await swarm.join({ torrent: { useTrackers: false, peers: [seeder] } });
  const { torrent } = record;
  await torrent.completed;
  await torrent.stop();
  const { givenBytes } = seeder;
  const at = (name: string) => join(folder, "payload", name);
  renameSync(at("Title: Part 1?.bin"), at("Title_ Part 1_.bin"));
  torrent.start();
  await record.until("completion", () => record.completions === 2);
  t.is(seeder.givenBytes, givenBytes);
  t.is(torrent.files[0]?.path, at("Title_ Part 1_.bin"));
});
