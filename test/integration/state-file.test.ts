// A state folder on another machine: exported into a file, and imported with its paths mapped.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { exportState, importState, Torrent, type Coordinator } from "@troupe/coordinator";
import { FileLocks } from "@troupe/coordinator/commands";
import { quickDisk } from "../support/files/quick-disk.ts";
import { local, loadedAgain, pieceLengthBytes, shape } from "../support/swarm/closed-job.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { KillAt } from "../crash/kill-at.ts";
import { isLong } from "../support/lanes.ts";

const sizeBytes = 800_124;
const alone = { useTrackers: false };

/** A machine with a state folder; its torrent is complete in `data`. */
async function openScene() {
  const swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const root = swarm.folder("old", quickDisk()).path;
  const old = { stateDirectory: join(root, "state"), data: join(root, "data") };
  mkdirSync(old.data);
  const engine = await run(old.stateDirectory);
  const torrent = await engine.add(swarm.metainfo, {
    directory: old.data,
    labels: ["films"],
    moveTo: join(root, "data", "done"),
  });
  await torrent.completed;
  await torrent.arrived;
  await engine.close();
  const next = swarm.folder("new", quickDisk()).path;
  return { swarm, root, old, next, file: join(next, "state.tar") };
}

async function run(stateDirectory: string): Promise<Coordinator> {
  return await startEngine({ ...local, stateDirectory });
}

/** Copies like `rsync -a`: the times are kept, inodes and change times are others. */
function copyData(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  execFileSync("cp", ["-a", from, to]);
}

/** Changes bytes of a file behind its modification time. */
function changeBehindTime(path: string, change: (bytes: Buffer) => void): void {
  const before = `${path} before`;
  execFileSync("cp", ["-a", path, before]);
  const bytes = readFileSync(path);
  change(bytes);
  writeFileSync(path, bytes);
  execFileSync("touch", ["-r", before, path]);
  rmSync(before);
}

/** Files of a folder, as paths in it. */
function filesBelow(folder: string): string[] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Restores, starts, and waits for the first check. */
async function restored(engine: Coordinator) {
  const { torrents, failed } = await engine.restore();
  const [torrent] = torrents;
  if (torrent === undefined) throw failed[0]?.error ?? new Error("no torrent came back");
  torrent.set(alone);
  const states: string[] = [];
  const warnings: string[] = [];
  torrent.on("state", ({ state }) => states.push(state));
  torrent.on("warning", ({ code }) => warnings.push(code));
  const { failedPieces, passed } = await torrent.checked;
  return { torrent, states, warnings, failedPieces, passed };
}

test("L20: a state folder goes to another machine with its paths mapped, and no byte is hashed or fetched again", async (t) => {
  const { swarm, root, old, next, file } = await openScene();
  await using _ = swarm;
  const exported = await exportState(file, { stateDirectory: old.stateDirectory });
  t.is(exported.jobs, 1);
  t.is(exported.bytes, statSync(file).size);
  t.is(statSync(file).mode & 0o777, 0o600);
  copyData(old.data, join(next, "files"));
  rmSync(root, { recursive: true });
  // Bytes that fail any hash, with length and time as on record: what is hashed would show.
  for (const path of filesBelow(join(next, "files")))
    changeBehindTime(path, (bytes) => bytes.fill(1));
  const stateDirectory = join(next, "state");
  const paths = [{ from: old.data, to: join(next, "files") }];
  const imported = await importState(file, { stateDirectory, paths });
  t.deepEqual(imported, { jobs: 1, files: exported.files, missing: [] });
  t.deepEqual(readdirSync(next).toSorted(), ["files", "state", "state.tar"]);

  await using engine = await run(stateDirectory);
  const { torrent, states, warnings, failedPieces, passed } = await restored(engine);
  t.is(torrent.directory, join(next, "files", "done"));
  t.deepEqual(torrent.labels, ["films"]);
  t.is(passed, Math.ceil(sizeBytes / pieceLengthBytes));
  t.deepEqual(failedPieces, []);
  t.false(states.includes("checking"));
  t.deepEqual(warnings, []);
  t.true(torrent.isComplete);
  t.is(torrent.lifetime?.downloadedBytes, sizeBytes);
  t.is(torrent.progress.downloadedBytes, 0);
  await torrent.stop();
});

test("L20: after an import a file that was changed is hashed, and the first run renews the record", async (t) => {
  const { swarm, old, next, file } = await openScene();
  await using _ = swarm;
  await exportState(file, { stateDirectory: old.stateDirectory });
  const data = join(next, "files");
  copyData(old.data, data);
  const stateDirectory = join(next, "state");
  await importState(file, { stateDirectory, paths: [{ from: old.data, to: data }] });
  const changed = join(data, "done", "payload", "deep", "b");
  const bytes = readFileSync(changed);
  bytes.fill(7, 200_000, 200_010);
  writeFileSync(changed, bytes);
  {
    await using engine = await run(stateDirectory);
    const { torrent, failedPieces } = await restored(engine);
    t.deepEqual(failedPieces, [Math.floor(500_000 / pieceLengthBytes)]);
    await torrent.stop();
  }
  // The change time counts again: bytes behind an old modification time are found.
  changeBehindTime(join(data, "done", "payload", "a"), (content) => content.fill(7, 0, 10));
  await using engine = await run(stateDirectory);
  const { torrents } = await engine.restore();
  const [torrent] = torrents;
  if (torrent === undefined) throw new Error("no torrent came back");
  torrent.start();
  const { failedPieces } = await torrent.checked;
  t.true(failedPieces.includes(0));
});

test("L20: a job beside its data comes along when its folder, or the one above it, is mapped", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const old = swarm.folder("old", quickDisk()).path;
  const next = swarm.folder("new", quickDisk()).path;
  const job = await Torrent.create(join(old, "job"), swarm.metainfo, local);
  await job.completed;
  await job.close();
  mkdirSync(join(old, "state"));
  writeFileSync(join(old, "state", "dht-nodes.json"), "{}\n");
  const file = join(next, "state.tar");
  await exportState(file, { stateDirectory: join(old, "state") });
  copyData(join(old, "job"), join(next, "jobs", "job"));
  rmSync(old, { recursive: true });
  const paths = [{ from: old, to: join(next, "jobs") }];
  await importState(file, { stateDirectory: join(next, "state"), paths });
  const { torrent, states, failedPieces } = await loadedAgain(join(next, "jobs", "job"), alone);
  t.true(torrent.isFinished);
  t.deepEqual(failedPieces, []);
  t.false(states.includes("checking"));
  await torrent.close();
});

test("L20: equal states give equal exports, an export overwrites nothing, and a service that runs is refused", async (t) => {
  const { swarm, old, next, file } = await openScene();
  await using _ = swarm;
  const { stateDirectory } = old;
  await exportState(file, { stateDirectory });
  const second = join(next, "second.tar");
  await exportState(second, { stateDirectory });
  t.deepEqual(readFileSync(file), readFileSync(second));
  await t.throwsAsync(exportState(file, { stateDirectory }), { code: "EEXIST" });

  const lock = join(stateDirectory, "service", "lock");
  mkdirSync(join(stateDirectory, "service"));
  writeFileSync(lock, "");
  const held = new FileLocks().lock(lock, statSync(lock, { bigint: true }).dev);
  if (typeof held !== "object") throw new Error("no lock");
  const third = join(next, "third.tar");
  await t.throwsAsync(exportState(third, { stateDirectory }), { code: "service-running" });
  t.false(existsSync(third));
  held.release();
  await exportState(third, { stateDirectory });
  await t.throwsAsync(exportState(join(next, "4"), { stateDirectory: join(next, "none") }), {
    code: "state-not-found",
  });
});

test("L20: an import into a used folder and one that was cut off or changed leave everything as it was", async (t) => {
  const { swarm, old, next, file } = await openScene();
  await using _ = swarm;
  await exportState(file, { stateDirectory: old.stateDirectory });
  const { stateDirectory } = old;
  await t.throwsAsync(importState(file, { stateDirectory }), { code: "state-not-empty" });
  const bytes = readFileSync(file);
  const bad = join(next, "bad.tar");
  const target = join(next, "state");
  const places = [0, 600, bytes.length / 2, bytes.length - 1_500].map(Math.floor);
  for (const place of places) {
    writeFileSync(bad, bytes.subarray(0, place));
    await t.throwsAsync(importState(bad, { stateDirectory: target }), {
      code: "state-file-malformed",
    });
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    writeFileSync(bad, changed);
    await t.throwsAsync(importState(bad, { stateDirectory: target }), {
      code: "state-file-malformed",
    });
  }
  t.deepEqual(readdirSync(next).toSorted(), ["bad.tar", "state.tar"]);
});

(process.platform === "linux" ? test : test.skip)(
  "L20: an import that is killed at any disk call is whole or has not begun",
  async (t) => {
    const { swarm, old, next, file } = await openScene();
    await using _ = swarm;
    for (let index = 0; index < 200; index += 1) {
      const name = `${String(index).padStart(40, "0")}.torrent`;
      writeFileSync(join(old.stateDirectory, "torrents", name), "d1:a1:be");
    }
    const { files } = await exportState(file, { stateDirectory: old.stateDirectory });
    const isWhole = (state: string): boolean =>
      filesBelow(state).filter((each) => !each.includes("state.db")).length === files;
    // Modules of this repository are found from a folder in it alone, and this one belongs to no source.
    const dist = join(import.meta.dirname, "../../dist");
    const path = join(dist, `state-file-${process.pid}.program.mjs`);
    mkdirSync(dist, { recursive: true });
    writeFileSync(
      path,
      `import { importState } from "@troupe/coordinator";
      await importState(process.argv[2], { stateDirectory: process.argv[3] });`,
    );
    t.teardown(() => rmSync(path));
    const killAt = await KillAt.build(next);
    const run = async (atCall: number): Promise<{ calls: number; found: string[] }> => {
      const root = killAt.freshFolder();
      const state = join(root, "state");
      const words = ["--disable-warning=ExperimentalWarning", path, file, state];
      const { calls, wasKilled, program } = await killAt.run({ words, roots: [root], atCall });
      t.is(wasKilled, atCall > 0, program.tail());
      if (existsSync(state)) t.true(isWhole(state), `killed at call ${atCall}`);
      else await importState(file, { stateDirectory: state });
      t.true(isWhole(state));
      return { calls, found: readdirSync(root) };
    };
    const { calls } = await run(0);
    t.true(calls > 200, `${calls} disk calls`);
    for (const share of isLong ? [0.1, 0.5, 0.9, 1] : [0.5]) {
      const { found } = await run(Math.floor(share * calls));
      t.true(found.includes("state"));
    }
  },
);
