// A service that is killed while its watch folders fill and its hooks run: no torrent is lost or added twice, and hooks hear of each
// event at least once, under one id. FILES sets the number of files (12, 24 in the long lanes), KILLS that of kills at any moment (1,
// 2 in the long lanes), and CRASHES=all kills at each disk call of a start, a scan and the hooks that follow, instead of at 1 or 3.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseTorrent } from "@troupe/protocol/metainfo";
import test from "ava";
import { isLong } from "../support/lanes.ts";
import { quickDisk } from "../support/files/quick-disk.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Command } from "../support/programs/command.ts";
import { until } from "../support/time/until.ts";
import { HearingHook } from "../support/service/heard-events.ts";
import { buildTorrent } from "../support/service/named-torrent.ts";
import { savePassword } from "../support/service/saved-password.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { KillAt } from "./kill-at.ts";

const troupe = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const files = Number(process.env["FILES"] ?? (isLong ? 24 : 12));
const kills = Number(process.env["KILLS"] ?? (isLong ? 2 : 1));
const crashes = process.env["CRASHES"] ?? (isLong ? "3" : "1");
/** The gate has the disk call in the middle: the last one comes after all events. */
const isMiddle = crashes === "1";
/** Parts in which files grow. */
const parts = isLong ? 4 : 2;

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

/** Files that are there at once, and others that grow: a part is written when the whole files of the part before were added. */
async function drop(dropped: readonly Dropped[]): Promise<void> {
  const growing = dropped.filter((_, index) => index % 4 >= 2);
  const whole = dropped.filter((file) => !growing.includes(file));
  for (let part = 0; part < parts; part++) {
    const now = whole.filter((_, index) => Math.floor((index * parts) / whole.length) === part);
    for (const { bytes, folder, name } of now) writeFileSync(join(folder, name), bytes);
    for (const { bytes, folder, name } of growing) {
      const length = Math.ceil(bytes.length / parts);
      writeFileSync(join(folder, name), bytes.subarray(part * length, (part + 1) * length), {
        flag: "a",
      });
    }
    await until(`the whole files of part ${part} are added`, () => areAllPutAway(now));
  }
}

function areAllPutAway(dropped: readonly Dropped[]): boolean {
  return countPutAway(dropped) === dropped.length;
}

function countPutAway(dropped: readonly Dropped[]): number {
  return dropped.filter(({ folder, name }) => existsSync(join(folder, `${name}.added`))).length;
}

/** The events of torrents. */
function eventsOf(dropped: readonly Dropped[]): string[] {
  return dropped.flatMap(({ infoHash }) => [`added ${infoHash}`, `metadata ${infoHash}`]);
}

/** Waits until each file is put away and each event has been heard. */
async function finished(hook: HearingHook, dropped: readonly Dropped[]): Promise<void> {
  await until("all files are put away and all events heard", () => {
    const { ids } = hook;
    return areAllPutAway(dropped) && eventsOf(dropped).every((key) => ids.has(key));
  });
}

/** Differences from what is expected: each event of each torrent once, by its id. */
function wrongIn(hook: HearingHook, dropped: readonly Dropped[]): string[] {
  const { ids } = hook;
  const expected = eventsOf(dropped);
  const more = [...ids.keys()].filter((key) => !expected.includes(key));
  const twice = [...ids]
    .filter(([, each]) => each.size > 1)
    .map(([key, each]) => `${key} has ${each.size} ids`);
  return [...more, ...twice];
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
  savePassword(join(folder.path, "state"));
  const dropping = drop(dropped);
  for (let kill = 0; kill < kills; kill++) {
    using command = new Command(serveWords(folder.path), folder.path);
    await command.until("its places", () => command.stderr.includes("remotes connect to"));
    const part = Math.ceil(((kill + 1) * files) / (kills + 1));
    await until(`${part} files are added`, () => countPutAway(dropped) >= part);
    command.signal("SIGKILL");
    await command.ended;
  }
  using last = new Command(serveWords(folder.path), folder.path);
  await last.until("its places", () => last.stderr.includes("remotes connect to"));
  await dropping;
  await finished(hook, dropped);
  t.deepEqual(wrongIn(hook, dropped), [], last.stderr);
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
    const words = [troupe, ...serveWords(root)];
    const roots = [join(root, "state/service"), join(root, "state/torrents"), watch];
    const end = await killAt.run({ words, roots, atCall }, (program) => {
      void Promise.race([finished(hook, dropped), program.exited]).then(() =>
        program.stop(10_000, "SIGTERM"),
      );
    });
    // In the gate the first run, which ends in order, only counts.
    if (atCall === 0 && !isLong) {
      await finished(hook, dropped);
      t.deepEqual(wrongIn(hook, dropped), []);
      return end.calls;
    }
    using command = new Command(serveWords(root), root);
    await finished(hook, dropped);
    t.deepEqual(wrongIn(hook, dropped), [], `call ${atCall}: ${command.stderr}`);
    command.signal("SIGTERM");
    await command.ended;
    return end.calls;
  };
  const calls = await run(0);
  t.true(calls > 10, String(calls));
  const tries = crashes === "all" ? calls : Number(crashes);
  const places = Array.from({ length: tries }, (_, place) => (place + 1) / tries);
  // oxlint-disable-next-line no-await-in-loop
  for (const place of isMiddle ? [0.5] : places) await run(Math.ceil(place * calls));
  t.log(`${tries} of ${calls} disk calls`);
});
