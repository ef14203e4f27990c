// The names of files that the user chooses: the layout, renames, and the suffix of unfinished files.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { AddOptions } from "@troupe/coordinator";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 32 * 1024;
const names = ["readme.txt", "sub/one.bin", "sub/two.bin"];
const shape = {
  pieceLengthBytes,
  files: names.map((path, index) => ({ path: path.split("/"), lengthBytes: 100_000 + index })),
};
const local = { port: 0, bind: ["127.0.0.1"] };

/** The payload, copied to other paths. */
function copyTo(swarm: Swarm, folder: string, paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(swarm.payload.folder, "payload", names[index] ?? ""), join(folder, path));
  }
}

function isPayload(t: ExecutionContext, swarm: Swarm, folder: string, paths: readonly string[]) {
  t.deepEqual(filesBelow(folder), paths.toSorted());
  for (const [index, path] of paths.entries()) {
    const source = join(swarm.payload.folder, "payload", names[index] ?? "");
    t.is(Buffer.compare(readFileSync(join(folder, path)), readFileSync(source)), 0, path);
  }
}

const renames = [
  { from: "payload/readme.txt", to: "payload/first.txt" },
  { from: "payload/sub", to: "deep/er" },
];

for (const [title, options, paths] of [
  ["L13: without a folder", { layout: "no-folder" }, names],
  ["E11: with renames", { renames }, ["payload/first.txt", "deep/er/one.bin", "deep/er/two.bin"]],
  ["E10: with a suffix", { partSuffix: ".part" }, names.map((name) => `payload/${name}`)],
] as const) {
  test.serial(
    `${title} a download has its names, is restored and moved with them, and removed`,
    async (t) => {
      await using swarm = await Swarm.open(shape);
      const seeder = await swarm.pacedSeeder();
      const stateDirectory = swarm.folder("state").path;
      const engine = { stateDirectory };
      const torrent: AddOptions = { useTrackers: false, peers: [seeder], ...options };
      const { coordinator, record, folder } = await swarm.join({ engine, torrent });
      await record.torrent.completed;
      isPayload(t, swarm, folder, paths);
      t.deepEqual(
        record.torrent.files.map(({ path }) => path),
        paths.map((path) => join(folder, path)),
      );
      writeFileSync(join(folder, "mine"), "1");
      await coordinator.close();

      await using next = await startEngine({ ...local, stateDirectory });
      const [restored] = (await next.restore()).torrents;
      await restored?.completed;
      const other = swarm.folder("moved").path;
      await restored?.move(other);
      isPayload(t, swarm, other, paths);
      t.deepEqual(filesBelow(folder), ["mine"]);
      writeFileSync(join(other, "mine"), "1");
      await restored?.remove({ data: true });
      t.deepEqual(filesBelow(other), ["mine"]);
      t.is(seeder.givenBytes, 300_003);
    },
  );

  test.serial(
    `${title} data that is there is checked and used, and nothing is fetched`,
    async (t) => {
      await using swarm = await Swarm.open(shape);
      const seeder = await swarm.pacedSeeder();
      const folder = swarm.folder("data").path;
      copyTo(swarm, folder, paths);
      const torrent: AddOptions = { useTrackers: false, peers: [seeder], ...options };
      const { record } = await swarm.join({ folder, torrent });
      await record.torrent.completed;
      t.is(seeder.givenBytes, 0);
      const checked = await swarm.join({ folder, torrent: { ...options, checkOnly: true } });
      t.like(await checked.record.torrent.checked, { failed: 0 });
    },
  );

  test.serial(
    `${title} an engine that adds the torrent again keeps the names on record`,
    async (t) => {
      await using swarm = await Swarm.open(shape);
      const seeder = await swarm.pacedSeeder();
      const engine = { stateDirectory: swarm.folder("state").path };
      const torrent: AddOptions = { useTrackers: false, peers: [seeder] };
      const first = await swarm.join({ engine, torrent: { ...torrent, ...options } });
      await first.record.torrent.completed;
      await first.coordinator.close();
      const { folder } = first;
      const defaults = { layout: "folder", partSuffix: ".other" } as const;
      const again = await swarm.join({ engine: { ...engine, ...defaults }, folder, torrent });
      await again.record.torrent.completed;
      isPayload(t, swarm, folder, paths);
      t.is(seeder.givenBytes, 300_003);
    },
  );
}

test.serial("L13: the layout of an engine is that of its new torrents", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const { record, folder } = await swarm.join({
    engine: { layout: "no-folder" },
    torrent: { useTrackers: false, peers: [seeder] },
  });
  await record.torrent.completed;
  isPayload(t, swarm, folder, names);
});

test.serial(
  "L13: of two torrents with a file of one path, the second does not write to it",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    await using others = await Swarm.open({
      pieceLengthBytes,
      files: [
        { path: ["own"], lengthBytes: 70_000 },
        { path: ["readme.txt"], lengthBytes: 100_000 },
      ],
    });
    const seeder = await swarm.pacedSeeder();
    const otherSeeder = await others.pacedSeeder();
    const stateDirectory = swarm.folder("state").path;
    const layout = "no-folder" as const;
    const { coordinator, record, folder } = await swarm.join({
      engine: { stateDirectory },
      torrent: { useTrackers: false, peers: [seeder], layout },
    });
    await record.torrent.completed;
    const metainfo = torrentBytes(others.payload, []);
    const options = { directory: folder, peers: [otherSeeder], layout };
    const second = await coordinator.add(metainfo, options);
    await t.throwsAsync(second.completed, { code: "foreign-file" });
    isPayload(t, swarm, folder, names);
    await second.remove({ data: true });
    isPayload(t, swarm, folder, names);

    const renames = [{ from: "readme.txt", to: "readme-2.txt" }];
    const third = await coordinator.add(metainfo, { ...options, renames });
    await third.completed;
    t.deepEqual(filesBelow(folder), [...names, "own", "readme-2.txt"].toSorted());
    await third.remove({ data: true });
    isPayload(t, swarm, folder, names);
  },
);
