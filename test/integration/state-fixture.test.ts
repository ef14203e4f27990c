// State that an earlier commit wrote restores unchanged (test/fixtures/state-folder). These tests fail when a stored
// field is renamed or dropped.

import { hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import test, { type ExecutionContext } from "ava";
import { sha1 } from "@troupe/actor-runtime/testing";
import { Coordinator, Torrent } from "@troupe/coordinator";
import { decodeRecord, encodeRecord } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";
import {
  decodeFixture,
  fixtureRecords,
  fixtureTorrents,
  plain,
} from "../fixtures/state-folder/expected.ts";
import {
  created,
  fixtureFolder,
  folderOf,
  generate,
  half,
  layOut,
  listed,
  moved,
  part,
  rowsOf,
  stopped,
  whole,
  writtenBelow,
  type PlannedTorrent,
} from "../fixtures/state-folder/fixture.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { quiet } from "../support/swarm/quiet.ts";

const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;
type Plain = Readonly<Record<string, unknown>>;
const expected = JSON.parse(readFileSync(join(fixtureFolder, "expected.json"), "utf8")) as {
  readonly records: Readonly<Record<string, Plain>>;
};

test("every stored record and .torrent decodes to its values", (t) => {
  t.deepEqual(decodeFixture(), expected);
});

test("every stored record is written anew without a loss", (t) => {
  for (const [name, bytes] of fixtureRecords()) {
    const record = decodeRecord(new Uint8Array(bytes), sha1);
    t.deepEqual(decodeRecord(encodeRecord(record, sha1), sha1), record, name);
  }
});

test("records and saved .torrents have their names", (t) => {
  const jobs = listed.map((torrent) => {
    const folder = join(writtenBelow, folderOf(torrent));
    return { infoHash: generate(torrent).infoHash, folder };
  });
  const names = jobs.flatMap(({ infoHash, folder }) => [
    `${infoHash} ${folder}`,
    `${infoHash}-${hash("sha1", folder).slice(0, 12)}.job`,
  ]);
  t.deepEqual([...fixtureRecords().keys()].toSorted(), [...names, "created"].toSorted());
  const torrents = fixtureTorrents();
  t.is(torrents.size, listed.length + 1);
  for (const torrent of listed) {
    const { infoHash, metainfo } = generate(torrent);
    t.deepEqual(torrents.get(`${infoHash}.torrent`), Buffer.from(metainfo));
  }
  t.deepEqual(torrents.get("created"), Buffer.from(generate(created).metainfo));
  const own = readdirSync(join(fixtureFolder, "created"));
  t.deepEqual(own.toSorted(), ["job.torrent", "record"]);
});

/** The facts of a started torrent, beside its folder and its pieces. */
interface Shown {
  readonly torrent: PlannedTorrent;
  readonly state: "active" | "stopped";
  readonly priorities: readonly number[];
  readonly left: number;
  /** Pieces that are hashed at the start when the records know the files, and when they do not. */
  readonly hashed: readonly [known: number, unknown: number];
}
const shown: readonly Shown[] = [
  { torrent: whole, state: "active", priorities: [1, 1], left: 0, hashed: [0, 4] },
  { torrent: half, state: "active", priorities: [1, 1], left: 2928, hashed: [4, 6] },
  { torrent: stopped, state: "stopped", priorities: [7, 0], left: 0, hashed: [0, 2] },
  { torrent: moved, state: "active", priorities: [1, 1], left: 0, hashed: [0, 3] },
  { torrent: part, state: "active", priorities: [1, 0, 3], left: 0, hashed: [2, 4] },
];

for (const [knowsFiles, how] of [
  [true, "believes the files that its records know"],
  [false, "hashes files that its records do not know"],
] as const) {
  test.serial(`a restored state folder lists every torrent as it was, and ${how}`, async (t) => {
    using root = temporaryFolder("state-fixture");
    const place = realpathSync(root.path);
    layOut(place, knowsFiles);
    const stateDirectory = join(place, "state");
    const copies = (): string[] => readdirSync(join(stateDirectory, "torrents")).toSorted();
    const copiesBefore = copies();
    {
      await using coordinator = await Coordinator.start({ ...local, stateDirectory });
      const { torrents, failed } = await coordinator.restore();
      const seen = torrents.map((torrent) => watch(torrent));
      t.deepEqual(failed, []);
      t.is(torrents.length, listed.length);
      // Torrents that ran are started in a later turn than the answer.
      await new Promise(setImmediate);
      for (const wanted of shown) {
        const { infoHash } = generate(wanted.torrent);
        const found = seen.find(({ torrent }) => torrent.infoHash === infoHash);
        if (found === undefined) return t.fail(wanted.torrent.name);
        await showsAsBefore(t, wanted, found, join(place, folderOf(wanted.torrent)), knowsFiles);
      }
    }
    t.deepEqual(recordsLeft(stateDirectory, place), recordsExpected());
    t.deepEqual(copies(), copiesBefore);
    t.is(copiesBefore.length, 2 * listed.length);
  });

  test.serial(`a folder of Torrent.create loads as it was, and ${how}`, async (t) => {
    using root = temporaryFolder("state-fixture");
    const place = realpathSync(root.path);
    layOut(place, knowsFiles);
    const folder = join(place, folderOf(created));
    const seen = watch(await Torrent.load(folder, { ...local, start: false }));
    const { torrent } = seen;
    torrent.start();
    const wanted = { torrent: created, state: "active", priorities: [2, 1], left: 0 } as const;
    await showsAsBefore(t, { ...wanted, hashed: [0, 3] }, seen, folder, knowsFiles);
    await torrent.close();
    const record = readFileSync(join(folder, ".troupe", "record"));
    t.deepEqual(lastingOf(record, place), lasting(expected.records["created"] ?? {}));
  });
}

interface Watched {
  readonly torrent: Torrent;
  readonly warnings: string[];
  hashed: number;
}

function watch(torrent: Torrent): Watched {
  const watched: Watched = { torrent, warnings: [], hashed: 0 };
  torrent.on("checking", ({ total }) => (watched.hashed = total));
  torrent.on("warning", ({ message }) => watched.warnings.push(message));
  torrent.on("error", ({ message }) => watched.warnings.push(message));
  return watched;
}

async function showsAsBefore(
  t: ExecutionContext,
  wanted: Shown,
  seen: Watched,
  directory: string,
  knowsFiles: boolean,
): Promise<void> {
  const { name, files, pieces } = wanted.torrent;
  const { torrent } = seen;
  if (wanted.state === "stopped") {
    t.is((await torrent.status()).state, "stopped", name);
    torrent.start();
  }
  await torrent.checked;
  t.is((await torrent.status()).state, "active", name);
  t.is(torrent.directory, directory);
  t.deepEqual(torrent.priorities, wanted.priorities, name);
  t.is(torrent.left, wanted.left, name);
  const had = Array.from({ length: torrent.pieceCount }, (_, piece) => piece);
  t.deepEqual(
    had.filter((piece) => hasBit(torrent.bitfield, piece)),
    pieces,
    name,
  );
  t.is(seen.hashed, wanted.hashed[knowsFiles ? 0 : 1], name);
  t.deepEqual(seen.warnings, [], name);
  t.deepEqual(
    torrent.files.map(({ path }) => existsSync(path)),
    files.map(({ diskBytes }) => diskBytes !== undefined),
    name,
  );
  const cache = await torrent.pieceCache();
  t.deepEqual(cache?.pieces.toSorted() ?? [], name === "part" ? [1, 3] : [], name);
  const record = Object.values(expected.records).find(
    ({ infoHash, pieceCount }) => infoHash === torrent.infoHash && pieceCount !== 0,
  );
  const { lifetime } = (await torrent.status()).progress;
  t.deepEqual(untimed(lifetime), untimed(record?.["counters"]), name);
  // It stops where it was stopped, so that its record can be compared.
  if (wanted.state === "stopped") await torrent.stop();
}

/** The fields of a record that a run must not change: pieces are compared where they are found. */
function lasting(record: Plain): Plain {
  const { infoHash, directory, isStarted, pieceCount, counters, settings, priorities } = record;
  return {
    infoHash,
    directory,
    isStarted,
    pieceCount,
    counters: untimed(counters),
    settings,
    priorities,
  };
}

/** Counters without the times, which grow in every run. */
function untimed(counters: unknown): Plain {
  return { ...(counters as Plain), activeSeconds: 0, downloadSeconds: 0, seedSeconds: 0 };
}

/** Lasting facts of a record in bytes that a run below `place` has left. */
function lastingOf(bytes: Uint8Array, place: string): Plain {
  const { directory, ...record } = plain(decodeRecord(new Uint8Array(bytes), sha1));
  return lasting({ ...record, directory: String(directory).replace(place, writtenBelow) });
}

/** Records of a database by their names. */
function recordsLeft(state: string, place: string): Readonly<Record<string, Plain>> {
  const database = new DatabaseSync(join(state, "state.db"));
  const records = rowsOf(database).map(
    ({ name, bytes }) => [name.replace(place, writtenBelow), lastingOf(bytes, place)] as const,
  );
  database.close();
  return Object.fromEntries(records);
}

function recordsExpected(): Readonly<Record<string, Plain>> {
  const records = Object.entries(expected.records).filter(([name]) => name.includes(" "));
  return Object.fromEntries(records.map(([name, record]) => [name, lasting(record)]));
}
