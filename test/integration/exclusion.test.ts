// Files that globs exclude are not wanted, for every torrent or for one.

import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Coordinator, type AddOptions, type Torrent } from "@troupe/coordinator";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = {
  pieceLengthBytes: 32 * 1024,
  files: [
    { path: ["film.mkv"], lengthBytes: 128 * 1024 },
    { path: ["film.nfo"], lengthBytes: 32 * 1024 },
    { path: ["Sample", "film.mkv"], lengthBytes: 64 * 1024 },
  ],
};
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
const exclude = ["*.nfo", "Sample/**"];

async function seeded() {
  const swarm = await Swarm.open(shape);
  const { coordinator } = await swarm.seed({ engine: { host: "inline" } });
  const peers = [{ host: "127.0.0.1", port: coordinator.port }];
  const added: AddOptions = { peers, useTrackers: false };
  const link = `magnet:?xt=urn:btih:${swarm.infoHash}`;
  return { swarm, added, link, directory: swarm.folder("data").path };
}

const prioritiesOf = ({ files }: Torrent): number[] => files.map(({ priority }) => priority);

test("L14: excluded files of every torrent are not fetched", async (t) => {
  const { swarm, added, directory } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await Coordinator.start({ ...local, directory, exclude });
  const torrent = await coordinator.add(swarm.metainfo, added);
  await torrent.completed;
  t.deepEqual(prioritiesOf(torrent), [1, 0, 0]);
  t.is(torrent.progress.downloadedBytes, 128 * 1024);
  t.true(existsSync(join(directory, "payload/film.mkv")));
  t.false(existsSync(join(directory, "payload/film.nfo")));
  t.false(existsSync(join(directory, "payload/Sample")));
});

test("L14: a magnet excludes files when its metadata has come", async (t) => {
  const { swarm, added, link, directory } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const torrent = await coordinator.add(link, { ...added, exclude });
  await torrent.completed;
  t.deepEqual(prioritiesOf(torrent), [1, 0, 0]);
  t.is(torrent.progress.downloadedBytes, 128 * 1024);
});

test("L14: a torrent's own globs come before the engine's, and priorities before both", async (t) => {
  const { swarm, added, directory } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await Coordinator.start({ ...local, directory, exclude: ["*.mkv"] });
  const own = { ...added, start: false, exclude };
  const chosen: readonly (readonly [AddOptions, number[]])[] = [
    [own, [1, 0, 0]],
    [{ ...own, exclude: [] }, [1, 1, 1]],
    [{ ...own, priorities: [0, 7, 1] }, [0, 7, 1]],
    [{ ...own, priorities: (files) => files.map(({ priority }) => priority + 1) }, [2, 1, 1]],
  ];
  for (const [options, expected] of chosen) {
    const torrent = await coordinator.add(swarm.metainfo, options);
    t.deepEqual(prioritiesOf(torrent), expected);
    await torrent.remove();
  }
  coordinator.set({ exclude: ["*.nfo"] });
  const torrent = await coordinator.add(swarm.metainfo, { ...added, start: false });
  t.deepEqual(prioritiesOf(torrent), [1, 0, 1]);
});

test("L14: a file that its user wants is not excluded again by a restart", async (t) => {
  const { swarm, added, directory } = await seeded();
  await using _swarm = swarm;
  const stateDirectory = swarm.folder("state").path;
  const options = { ...local, directory, stateDirectory, exclude };
  {
    await using coordinator = await Coordinator.start(options);
    const torrent = await coordinator.add(swarm.metainfo, { ...added, start: false });
    t.deepEqual(prioritiesOf(torrent), [1, 0, 0]);
    for (const file of [1, 2]) torrent.setPriority(file, 1);
  }
  await using coordinator = await Coordinator.start(options);
  const { torrents } = await coordinator.restore();
  t.deepEqual(torrents.map(prioritiesOf), [[1, 1, 1]]);
});

test("L14: a torrent of excluded files alone downloads nothing, with a warning", async (t) => {
  const { swarm, added, directory } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await Coordinator.start({ ...local, directory, exclude: ["*"] });
  const torrent = await coordinator.add(swarm.metainfo, added);
  const codes: string[] = [];
  torrent.on("warning", ({ code }) => codes.push(code));
  await torrent.completed;
  t.deepEqual(codes, ["nothing-wanted"]);
  t.is(torrent.progress.downloadedBytes, 0);
});

test("L14: patterns are for the paths of the torrent itself, whatever its layout and renames are", async (t) => {
  const { swarm, added, link, directory } = await seeded();
  await using _swarm = swarm;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const chosen: readonly AddOptions[] = [
    { layout: "no-folder", exclude: ["*.nfo", "payload/Sample/**"] },
    { layout: "no-folder", exclude },
    { exclude, renames: [{ from: "payload", to: "Sample" }] },
    { exclude, renames: [{ from: "payload/film.nfo", to: "payload/film.txt" }] },
  ];
  for (const options of chosen) {
    const torrent = await coordinator.add(swarm.metainfo, { ...added, ...options, start: false });
    t.deepEqual(prioritiesOf(torrent), [1, 0, 0]);
    t.deepEqual(
      torrent.files.map(({ torrentPath }) => torrentPath),
      ["payload/film.mkv", "payload/film.nfo", "payload/Sample/film.mkv"],
    );
    await torrent.remove();
  }
  const magnet = await coordinator.add(link, { ...added, ...chosen[0] });
  await magnet.completed;
  t.deepEqual(prioritiesOf(magnet), [1, 0, 0]);
});
