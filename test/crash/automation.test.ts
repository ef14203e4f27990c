// A service that is killed while its watch folders fill and its hooks run: no torrent is lost or added twice, and hooks hear of each
// event at least once, under one id. FILES sets the number of files (24), KILLS that of kills at any moment (2), and CRASHES=all
// kills at each disk call of a start, a scan and the hooks that follow, instead of at 3 of them.

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@troupe/actor-runtime/testing";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test from "ava";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command } from "../support/programs/command.ts";
import { until } from "../support/time/until.ts";
import { HearingHook } from "../support/service/heard-events.ts";
import { buildTorrent } from "../support/service/named-torrent.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { KillAt } from "./kill-at.ts";

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const files = Number(process.env["FILES"] ?? 24);
const kills = Number(process.env["KILLS"] ?? 2);
const crashes = process.env["CRASHES"] ?? "3";
/** A part of a file, and a pause in which folders are looked at. */
const growMs = 2_000;
const longestRunMs = 12_000;
/** Far more than a usual machine takes for the last files and hooks. */
const patienceS = 120;

/** Words of a service with its state, its settings file and its data in a folder. */
function serveWords(folder: string): readonly string[] {
  const places = ["--dir", join(folder, "data"), "--state-dir", join(folder, "state")];
  const alone = ["--listen", "127.0.0.1:0", "--port", "0", "--bind", "127.0.0.1", ...quietWords];
  return ["serve", ...places, "--settings", join(folder, "settings.yaml"), ...alone];
}

/** Writes the settings of a service that watches folders, and whose hook hears of all. */
function writeSettings(folder: string, watched: readonly string[], hook: HearingHook): void {
  mkdirSync(join(folder, "data"), { recursive: true });
  const watchFolders = watched.map((path) => ({ path, state: "stopped" }));
  const events = ["added", "metadata", "removed"];
  const settings = { watchFolders, hooks: { all: { program: hook.program, events } } };
  writeFileSync(join(folder, "settings.yaml"), JSON.stringify(settings));
}

interface Dropped {
  readonly folder: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly infoHash: string;
}

function filesFor(folders: readonly string[], count: number): readonly Dropped[] {
  return Array.from({ length: count }, (_, index) => {
    const bytes = buildTorrent(`film ${index}`, `http://127.0.0.1:1/${"a".repeat(100)}`);
    const folder = folders[index % folders.length] ?? "";
    return { folder, bytes, name: `${index}.torrent`, infoHash: parseTorrent(bytes).infoHash };
  });
}

/** Files that are there at once, and others that grow over more than a scan. */
async function drop(dropped: readonly Dropped[]): Promise<void> {
  const growing = dropped.filter((_, index) => index % 4 >= 2);
  for (const { bytes, folder, name } of dropped.filter((file) => !growing.includes(file)))
    writeFileSync(join(folder, name), bytes);
  for (let part = 0; part < 4; part++) {
    for (const { bytes, folder, name } of growing) {
      const quarter = Math.ceil(bytes.length / 4);
      writeFileSync(join(folder, name), bytes.subarray(part * quarter, (part + 1) * quarter), {
        flag: "a",
      });
    }
    if (part < 3) await sleep(growMs);
  }
}

function areAllPutAway(dropped: readonly Dropped[]): boolean {
  const folders = new Set(dropped.map(({ folder }) => folder));
  const added = [...folders].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith(".added")),
  );
  return added.length === dropped.length;
}

/** Differences from what is expected: each event of each torrent once, by its id. */
function wrongIn(hook: HearingHook, dropped: readonly Dropped[]): string[] {
  const { ids } = hook;
  const expected = dropped.flatMap(({ infoHash }) => [`added ${infoHash}`, `metadata ${infoHash}`]);
  const missing = expected.filter((key) => !ids.has(key)).map((key) => `${key} is missing`);
  const more = [...ids.keys()].filter((key) => !expected.includes(key));
  const twice = [...ids]
    .filter(([, each]) => each.size > 1)
    .map(([key, each]) => `${key} has ${each.size} ids`);
  return [...missing, ...more, ...twice];
}

test("H01, H02: files that are dropped while the service dies are all added once, and heard", async (t) => {
  using folder = temporaryFolder("automation-kills", quickDisk());
  // A usual disk, beside one in memory.
  using other = temporaryFolder("automation-disk");
  const watched = [folder.path, other.path].map((path) => join(path, "watch"));
  for (const path of watched) mkdirSync(path);
  const hook = new HearingHook(other.path);
  writeSettings(folder.path, watched, hook);
  const dropped = filesFor(watched, files);
  const random = seededRandom(1);
  const dropping = drop(dropped);
  for (let kill = 0; kill < kills; kill++) {
    using command = new Command(serveWords(folder.path), folder.path);
    await command.until("its places", () => command.stderr.includes("remotes connect to"));
    await sleep(random.integer(longestRunMs));
    command.signal("SIGKILL");
    await command.ended;
  }
  await dropping;
  using last = new Command(serveWords(folder.path), folder.path);
  await last.until("its places", () => last.stderr.includes("remotes connect to"));
  const isDone = (): boolean => areAllPutAway(dropped) && wrongIn(hook, dropped).length === 0;
  for (let left = patienceS + files; left > 0 && !isDone(); left--) await sleep(1_000);
  t.deepEqual(wrongIn(hook, dropped), [], last.stderr);
  t.true(areAllPutAway(dropped));
  const { stdout } = await listed(folder.path);
  t.is(stdout.split("\n").filter((line) => line.includes('"torrent"')).length, files);
  last.signal("SIGTERM");
  t.is((await last.ended).status, 0, last.stderr);
});

async function listed(folder: string) {
  using command = new Command(["list", "--json", "--state-dir", join(folder, "state")], folder);
  return await command.ended;
}

test("H01, H02: a file is added once and its hook heard under one id, at whichever disk call the service dies", async (t) => {
  using killed = temporaryFolder("automation-steps", quickDisk());
  const killAt = await KillAt.build(killed.path);
  /** Runs a service that dies at a disk call, and then another one. @returns The calls of the first. */
  const run = async (atCall: number): Promise<number> => {
    const root = killAt.freshFolder();
    const watch = join(root, "watch");
    mkdirSync(watch);
    const hook = new HearingHook(root);
    writeSettings(root, [watch], hook);
    const dropped = filesFor([watch], 2);
    for (const { bytes, name } of dropped) writeFileSync(join(watch, name), bytes);
    const isDone = async (): Promise<boolean> =>
      await Promise.resolve(areAllPutAway(dropped) && wrongIn(hook, dropped).length === 0);
    const words = [troupe, ...serveWords(root)];
    const roots = [join(root, "state/service"), join(root, "state/torrents"), watch];
    const end = await killAt.run({ words, roots, atCall }, (program) => {
      const over = until("all is heard", isDone).catch(() => undefined);
      void Promise.race([over, program.exited]).then(() => program.stop(10_000, "SIGTERM"));
    });
    using command = new Command(serveWords(root), root);
    for (let left = patienceS; left > 0 && !(await isDone()); left--) await sleep(1_000);
    t.deepEqual(wrongIn(hook, dropped), [], `call ${atCall}: ${command.stderr}`);
    t.true(areAllPutAway(dropped), `call ${atCall}`);
    command.signal("SIGTERM");
    await command.ended;
    return end.calls;
  };
  const calls = await run(0);
  t.true(calls > 10, String(calls));
  const tries = crashes === "all" ? calls : Number(crashes);
  for (let place = 1; place <= tries; place++) await run(Math.ceil((place * calls) / tries));
  t.log(`${tries} of ${calls} disk calls`);
});
