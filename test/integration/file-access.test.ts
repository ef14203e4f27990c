// New files and folders of a download have the mode and the group of the settings.

import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import test from "ava";
import { Coordinator } from "@troupe/coordinator";
import { SmallDisk } from "../support/files/small-disk.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["a"], lengthBytes: 50_000 },
    { path: ["sub", "deep", "b"], lengthBytes: 70_000 },
    { path: ["sub", "unwanted"], lengthBytes: 40_000 },
    { path: ["sub", "empty"], lengthBytes: 0 },
  ],
};
const isRoot = process.getuid?.() === 0;
const group = isRoot ? 4_321 : (process.getgid?.() ?? 0);
const onUnix = process.platform === "win32" ? test.skip : test;

/** The entries below a folder, without our own: `path mode gid`. */
function listed(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path).startsWith(".troupe/") && relative(folder, path) !== ".troupe",
    )
    .map((path) => {
      const { mode, gid } = statSync(path);
      return `${relative(folder, path)} ${(mode & 0o7777).toString(8)} ${gid}`;
    })
    .toSorted();
}

onUnix(
  "L15: files, folders, the part file and moved files have the mode and the group",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const seed = await swarm.seed({ engine: { host: "inline" } });
    const disk = isRoot ? await SmallDisk.mount(8 << 20) : undefined;
    await using _disk = disk;
    const directory = join(swarm.folder("data").path, "new/folder");
    const moveTo = join(disk?.path ?? swarm.folder("final").path, "final/films");
    const files = { mode: "0640", folderMode: "2750", group };
    const before = process.umask(0o002);
    t.teardown(() => process.umask(before));
    await using coordinator = await startEngine({ port: 0, bind: ["127.0.0.1"], files });
    const peers = [{ host: "127.0.0.1", port: seed.coordinator.port }];
    const torrent = await coordinator.add(swarm.metainfo, {
      ...{ directory, peers, useTrackers: false, priorities: [1, 1, 0, 1] },
    });
    await torrent.completed;
    const expected = (names: readonly string[]): string[] =>
      names
        .map(
          (name) => `${name} ${/\.parts$|\/(?:a|b|empty)$/.test(name) ? "640" : "2750"} ${group}`,
        )
        .toSorted();
    const names = [
      "payload",
      "payload/a",
      "payload/sub",
      "payload/sub/deep",
      "payload/sub/deep/b",
      "payload/sub/empty",
    ];
    const partFile = readdirSync(directory).find((name) => name.endsWith(".parts"));
    t.deepEqual(
      listed(directory),
      expected([...names, ...(partFile === undefined ? [] : [partFile])]),
    );
    t.is(statSync(directory).mode & 0o7777, 0o2750);
    t.is(statSync(join(directory, "..")).mode & 0o7777, 0o2750);
    await torrent.move(moveTo);
    t.deepEqual(
      listed(moveTo).filter((line) => !line.includes(".parts")),
      expected(names),
    );
    t.is(statSync(moveTo).gid, group);
    t.is(statSync(join(moveTo, "..")).mode & 0o7777, 0o2750);
  },
);

onUnix("L15: folders that were there before keep their modes", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seed = await swarm.seed({ engine: { host: "inline" } });
  const directory = swarm.folder("data").path;
  mkdirSync(join(directory, "payload"));
  chmodSync(join(directory, "payload"), 0o711);
  const files = { umask: "0077" };
  await using coordinator = await Coordinator.start({
    ...{ ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline", files },
  });
  const peers = [{ host: "127.0.0.1", port: seed.coordinator.port }];
  const torrent = await coordinator.add(swarm.metainfo, { directory, peers, useTrackers: false });
  await torrent.completed;
  t.is(statSync(join(directory, "payload")).mode & 0o777, 0o711);
  t.is(statSync(join(directory, "payload/sub")).mode & 0o777, 0o700);
  t.is(statSync(join(directory, "payload/a")).mode & 0o777, 0o600);
});

test("L15: an unknown group and a mode without the owner's rights are refused", async (t) => {
  const start = async (files: object) => await Coordinator.start({ ...quiet, port: 0, files });
  for (const files of [{ mode: "0040" }, { mode: 640 }, { folderMode: "0650" }, { umask: "0700" }])
    await t.throwsAsync(start(files), { code: "option-out-of-range" });
  await t.throwsAsync(start({ group: "no-such-group-here" }), {
    code: "option-out-of-range",
    message: /a group in \/etc\/group, or its number/,
  });
});
