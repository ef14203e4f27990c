import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { nodePorts } from "@troupe/actor-runtime";
import test from "ava";
import { bringTorrents } from "../../../src/api/imports/bring-torrents.ts";
import { databaseFile, torrentsFolder } from "../../../src/state-database.ts";
import { ClientState } from "../../support/client-states.ts";

const torrentCount = 40;

/** The keys of the plain files of jobs, sorted. */
function jobsIn({ stateDirectory }: ClientState): readonly string[] {
  const names = readdirSync(join(stateDirectory, torrentsFolder));
  const jobs = names.filter((name) => name.endsWith(".job"));
  return jobs.map((name) => name.slice(0, 40)).toSorted();
}

/** The keys of the records, sorted. */
function recordsIn({ stateDirectory }: ClientState): readonly string[] {
  const database = nodePorts().disk.openDatabase(join(stateDirectory, databaseFile));
  const keys = database.all().map(({ name }) => name.slice(0, 40));
  database.close();
  return keys.toSorted();
}

/** A signal that is aborted at a look: the work looks once at its beginning and once before each torrent. */
function abortedAtLook(look: number, reason: Error): AbortSignal {
  let looks = 0;
  const throwIfAborted = (): void => {
    looks += 1;
    if (looks >= look) throw reason;
  };
  return Object.assign(new AbortController().signal, { throwIfAborted });
}

test("L19: an import that is aborted leaves no torrent half imported, and the next one brings the rest", async (t) => {
  using state = new ClientState();
  const { stateDirectory } = state;
  const from = state.qbittorrentOfMany(torrentCount);
  const reason = new Error("the import is aborted");
  const signal = abortedAtLook(20, reason);
  await t.throwsAsync(bringTorrents(from, { stateDirectory, signal }), { is: reason });
  const first = jobsIn(state);
  // The first look is none of a torrent, and the last one ends the import: each torrent between them has begun.
  t.is(first.length, 18);
  t.deepEqual(recordsIn(state), first);
  const { torrents } = await bringTorrents(from, { stateDirectory });
  const known = torrents.filter(({ outcome }) => outcome === "known");
  t.deepEqual(known.map(({ infoHash }) => infoHash).toSorted(), first);
  t.is(
    torrents.filter(({ outcome }) => outcome === "imported").length,
    torrentCount - first.length,
  );
  t.is(jobsIn(state).length, torrentCount);
  t.deepEqual(recordsIn(state), jobsIn(state));
});

test("L19: a job has no plain file before its record is committed", async (t) => {
  using state = new ClientState();
  const { stateDirectory } = state;
  const from = state.qbittorrentOfMany(3);
  mkdirSync(stateDirectory);
  const path = join(stateDirectory, databaseFile);
  nodePorts().disk.openDatabase(path).close();
  using database = new DatabaseSync(path);
  database.exec(
    `CREATE TRIGGER full BEFORE INSERT ON records BEGIN SELECT RAISE(FAIL, 'full'); END`,
  );
  await t.throwsAsync(bringTorrents(from, { stateDirectory }));
  t.deepEqual([jobsIn(state), recordsIn(state)], [[], []]);
  database.exec("DROP TRIGGER full");
  const { torrents } = await bringTorrents(from, { stateDirectory });
  t.deepEqual(
    torrents.map(({ outcome }) => outcome),
    ["imported", "imported", "imported"],
  );
  t.is(jobsIn(state).length, 3);
  t.deepEqual(recordsIn(state), jobsIn(state));
});

test("L19: an import that cannot read the records closes the database", async (t) => {
  using state = new ClientState();
  const { stateDirectory } = state;
  const from = state.qbittorrent();
  mkdirSync(stateDirectory);
  const path = join(stateDirectory, databaseFile);
  const database = nodePorts().disk.openDatabase(path);
  database.commit(new Map([["record", new Uint8Array(100_000)]]));
  database.close();
  // A page in the middle of the record leads nowhere.
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(4_096, 0xff), 0, 4_096, 9 * 4_096);
  closeSync(file);
  await t.throwsAsync(bringTorrents(from, { stateDirectory }), { code: "EBADMSG" });
  // The last connection removes the log when it is closed.
  t.deepEqual(readdirSync(stateDirectory), [databaseFile]);
});
