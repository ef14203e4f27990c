import test from "ava";
import type { KnownPieces, StoredJob, TorrentId, Verify } from "@troupe/messages";
import { decodeRecord } from "@troupe/messages";
import type { SyncDone } from "@troupe/actor-runtime";
import { sha1 } from "@troupe/actor-runtime/testing";
import { pictureOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { roundEveryMs, syncAtEndBytes } from "../../src/state/job-journals.ts";
import { someFacts, startRig, type FileRig } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const key = "0123456789abcdef0123456789abcdef01234567" as TorrentKey;
const database = "/state/state.db";

const jobIn = (home: StoredJob["home"], verify: Verify = "sample"): StoredJob => ({
  key,
  home,
  verify,
});
const inDatabase = jobIn({ kind: "database", path: database });

/** Two files of 8 bytes in pieces of 4: `aa bb`. */
async function open(disk: MemoryDisk, job = inDatabase) {
  const rig = startRig(disk);
  const known = await openAgain(rig, job);
  return { rig, known };
}

async function openAgain(rig: FileRig, job = inDatabase): Promise<KnownPieces> {
  const opened = await rig.open({ files: { a: 8, b: 8 }, pieceLengthBytes: 4, job });
  if (!("known" in opened) || opened.known === undefined) throw new Error("nothing is known");
  return opened.known;
}

async function write(rig: FileRig, ...pieces: number[]): Promise<void> {
  for (const piece of pieces) rig.write({ piece, lengthBytes: 4 });
  await rig.time.pass(0);
}

/** Keeps what is asked of the records unanswered, and undone. */
function holdRecords(rig: FileRig) {
  const { records } = rig;
  const waiting: (() => void)[] = [];
  rig.records = (name, message) =>
    new Promise((resolve) => {
      waiting.push(() => resolve(records(name, message)));
    });
  return {
    get count() {
      return waiting.length;
    },
    answer: () => waiting.shift()?.(),
    answerAll() {
      rig.records = records;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

const shown = ({ trusted, toHash }: KnownPieces): readonly [string, string] => [
  pictureOf(trusted, 4),
  pictureOf(toHash, 4),
];

function recordIn(disk: MemoryDisk) {
  const bytes = disk.databases.get(database)?.get(`${key} /data`);
  if (bytes === undefined) return undefined;
  const { isOpenForWriting, had, durable, suspect } = decodeRecord(bytes, sha1);
  const [written, safe, lost] = [had, durable, suspect].map((bits) => pictureOf(bits, 4));
  return { isOpenForWriting, written, safe, lost };
}

const orderly = { job: { facts: someFacts, isOrderly: true } };

test("pieces of an unknown job are hashed where there are bytes, and missing elsewhere", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/b", new Uint8Array(8));
  t.deepEqual(shown((await open(disk)).known), ["....", "..##"]);
  t.is(disk.databases.size, 0);
});

test("the first write waits until its record is saved", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  t.is(recordIn(disk), undefined);
  const { write: writeFile } = disk;
  disk.write = (...call) => {
    t.true(recordIn(disk)?.isOpenForWriting);
    writeFile.apply(disk, call);
  };
  await write(rig, 0, 1);
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }]);
  t.is(disk.calls.get("commit"), 1);
});

test("a torrent that waits for its record is not written, and delays no other", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  const other = 2 as TorrentId;
  await rig.open({ torrent: other, root: "/other", files: { c: 8 }, pieceLengthBytes: 4 });
  rig.saveJob("....");
  const held = holdRecords(rig);
  await write(rig, 0, 1);
  rig.write({ torrent: other, piece: 1, lengthBytes: 4 });
  await write(rig, 2);
  t.deepEqual(rig.notices, [{ written: 1 }], "of the other torrent");
  t.is(disk.bytesOf("/data/a"), undefined);
  held.answerAll();
  await rig.time.pass(0);
  t.deepEqual(rig.notices.slice(1), [{ written: 0 }, { written: 1 }, { written: 2 }]);
  t.true(recordIn(disk)?.isOpenForWriting);
});

test("no piece is written while the closing record is being saved; then the record is opened again", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  const held = holdRecords(rig);
  await rig.time.pass(roundEveryMs);
  t.is(held.count, 1);
  await write(rig, 1);
  t.deepEqual(rig.notices, [{ written: 0 }]);
  held.answer();
  await rig.time.pass(0);
  t.false(recordIn(disk)?.isOpenForWriting);
  t.deepEqual(rig.notices, [{ written: 0 }], "the record says that nothing is written");
  held.answer();
  await rig.time.pass(0);
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 1 }]);
  t.true(recordIn(disk)?.isOpenForWriting);
});

test("a torrent whose record is open continues while records do not answer", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  const held = holdRecords(rig);
  // A piece whose sync never ends keeps it open.
  disk.syncLater = () => {};
  await rig.time.pass(60_000);
  await write(rig, 1, 2, 3);
  t.is(rig.notices.length, 4);
  t.true(held.count <= 1);
});

test("a stop waits for the record of its waiting pieces", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  const held = holdRecords(rig);
  await write(rig, 0);
  let isStopped = false;
  const stopped = rig.stop().then(() => (isStopped = true));
  await rig.time.pass(0);
  t.false(isStopped);
  held.answerAll();
  await stopped;
  t.deepEqual(rig.notices, [{ written: 0 }]);
  t.is(disk.openCount, 0);
});

test("a written piece is durable some seconds later, and recorded as durable", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 2);
  await rig.time.pass(roundEveryMs - 1);
  t.deepEqual(disk.synced, []);
  await rig.time.pass(1);
  t.deepEqual(disk.synced, ["/data/a", "/data/b"]);
  t.deepEqual(recordIn(disk), {
    isOpenForWriting: false,
    written: "#.#.",
    safe: "#.#.",
    lost: "....",
  });
  await write(rig, 1);
  t.like(recordIn(disk), { isOpenForWriting: true, safe: "#.#." });
});

test("one sync is under way at a time, and does not make pieces durable that are written meanwhile", async (t) => {
  const disk = new MemoryDisk();
  const ends: (() => void)[] = [];
  disk.syncLater = (path, done) => void ends.push(() => done(undefined, disk.stat(path)));
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 2);
  await rig.time.pass(roundEveryMs);
  t.is(ends.length, 1);
  await write(rig, 1);
  ends.shift()?.();
  await rig.time.pass(0);
  t.is(ends.length, 1);
  ends.shift()?.();
  await rig.time.pass(0);
  t.like(recordIn(disk), { isOpenForWriting: true, written: "###.", safe: "#.#." });
  await rig.time.pass(roundEveryMs);
  ends.shift()?.();
  await rig.time.pass(0);
  t.like(recordIn(disk), { isOpenForWriting: false, safe: "###." });
});

test("after an orderly end all had pieces are believed at once", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 3);
  t.deepEqual(await rig.close(orderly), {});
  t.like(recordIn(disk), { isOpenForWriting: false, safe: "#..#" });
  t.deepEqual(shown((await open(disk)).known), ["#..#", "...."]);
});

test("after a crash durable pieces are believed, and all others hashed", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 3);
  await rig.time.pass(roundEveryMs);
  await write(rig, 1);
  t.deepEqual(shown((await open(disk)).known), ["#..#", ".##."]);
});

test("an end after an error is not orderly", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  await rig.close({ job: { facts: someFacts, isOrderly: false } });
  t.like(recordIn(disk), { isOpenForWriting: true, safe: "#..." });
});

test("an end without time to sync leaves pieces that are not durable to be hashed", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  await rig.close({ ...orderly, syncWithinMs: 0 });
  t.deepEqual(disk.synced, []);
  t.deepEqual(shown((await open(disk)).known), ["....", "##.."]);
});

test("an end with much to sync starts no sync, and the record stays open", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const pieceLengthBytes = syncAtEndBytes / 2;
  await rig.open({ files: { a: 3 * pieceLengthBytes }, pieceLengthBytes, job: inDatabase });
  rig.saveJob("###");
  await rig.finish(rig.close(orderly));
  t.deepEqual(disk.synced, []);
  const bytes = disk.databases.get(database)?.get(`${key} /data`);
  const { isOpenForWriting, durable } = decodeRecord(bytes ?? new Uint8Array(0), sha1);
  t.deepEqual([isOpenForWriting, pictureOf(durable, 3)], [true, "..."]);
});

test("an end does not wait for a sync that never returns", async (t) => {
  const disk = new MemoryDisk();
  disk.syncLater = () => {};
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  const closed = rig.close({ ...orderly, syncWithinMs: 1_000 });
  await rig.time.pass(0);
  await rig.time.pass(1_000);
  t.deepEqual(await closed, {});
  t.like(recordIn(disk), { isOpenForWriting: true, safe: "...." });
});

test("F24: after a failed sync no piece of that file is durable until it is written again", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2);
  disk.fail("sync", "EIO");
  await rig.time.pass(roundEveryMs);
  t.deepEqual(rig.notices.at(-1), { name: "sync-failed", refused: "EIO" });
  t.like(recordIn(disk), { safe: "..#.", lost: "##.." });
  await rig.close(orderly);
  const again = await open(disk);
  t.deepEqual(shown(again.known), ["..#.", "##.."]);
  // Both are found good on the disk, as the system shows it; another sync proves nothing.
  again.rig.saveJob("###.");
  await again.rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { safe: "..#.", lost: "##.." });
  await write(again.rig, 1);
  await again.rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { safe: ".##.", lost: "#..." });
});

test("F24: a piece that is being written when a sync fails is not durable by a later one, until it is written again", async (t) => {
  const mebibyte = 1 << 20;
  const disk = new MemoryDisk();
  const rig = startRig(disk, { slabBytes: 9 * mebibyte });
  const shape = { files: { a: 18 * mebibyte }, pieceLengthBytes: 9 * mebibyte, job: inDatabase };
  await rig.open(shape);
  rig.saveJob("..");
  const ends: SyncDone[] = [];
  disk.syncLater = (_path, done) => void ends.push(done);
  rig.write({ piece: 0, lengthBytes: 9 * mebibyte });
  await rig.time.pass(0);
  await rig.time.pass(roundEveryMs);
  t.is(ends.length, 1);
  rig.write({ piece: 1, lengthBytes: 9 * mebibyte });
  rig.time.endTurn();
  ends.shift()?.(Object.assign(new Error("i/o error"), { code: "EIO" }));
  await rig.time.pass(0);
  await rig.time.pass(0);
  t.deepEqual(rig.notices.at(-1), { written: 1 });
  disk.syncLater = (path, done) => done(undefined, disk.stat(path));
  await rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { written: "##..", safe: "....", lost: "##.." });
  rig.write({ piece: 1, lengthBytes: 9 * mebibyte });
  await rig.time.pass(0);
  await rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { safe: ".#..", lost: "#..." });
});

test("F24: a piece whose write was given up before a failed sync is not durable when a check finds it good", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  // Piece 1 begins in the first file and ends in the second, which takes nothing.
  await rig.open({ files: { a: 6, b: 10 }, pieceLengthBytes: 4, job: inDatabase });
  rig.saveJob("....");
  const { write: writeFile } = disk;
  let writes = 0;
  disk.write = (...call) => {
    writes += 1;
    if (writes === 2) throw Object.assign(new Error("i/o error"), { code: "EIO" });
    writeFile.apply(disk, call);
  };
  await write(rig, 1);
  t.like(rig.notices.at(-1), { notWritten: 1 });
  await write(rig, 3);
  disk.fail("sync", "EIO");
  await rig.time.pass(roundEveryMs);
  rig.saveJob(".#.#");
  await rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { written: ".#.#", safe: "...#" });
  t.is(recordIn(disk)?.lost?.[1], "#");
});

test("a file that the system cannot sync is never durable, and no error", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 2);
  disk.fail("sync", "EINVAL");
  await rig.time.pass(roundEveryMs);
  await rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { isOpenForWriting: true, safe: "..#.", lost: "...." });
  t.deepEqual(rig.notices, [{ written: 0 }, { written: 2 }]);
  await write(rig, 3);
  await rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { safe: "..##" }, "a later round of another file proves nothing of it");
});

test("F20: a record that cannot be saved emits one warning, stops nothing, and is retried", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  disk.fail("commit", "ENOSPC", { times: 2 });
  await write(rig, 0);
  t.deepEqual(rig.notices, [{ name: "record-not-saved", refused: "disk-full" }, { written: 0 }]);
  await write(rig, 1);
  t.is(disk.calls.get("commit"), 1);
  rig.time.freeze(15_000);
  await rig.time.pass(0);
  t.is(disk.calls.get("commit"), 2);
  t.is(rig.notices.length, 3);
  rig.time.freeze(15_000);
  await rig.time.pass(0);
  t.like(recordIn(disk), { isOpenForWriting: false, safe: "##.." });
});

test("pieces that pass a hash check become durable too", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/a", new Uint8Array(8));
  const { rig } = await open(disk);
  rig.saveJob("##..");
  await rig.time.pass(roundEveryMs);
  t.deepEqual(disk.synced, ["/data/a"]);
  t.deepEqual(recordIn(disk), {
    isOpenForWriting: false,
    written: "##..",
    safe: "##..",
    lost: "....",
  });
});

test("pieces that fail a check are not durable any more", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1);
  await rig.close(orderly);
  const again = await open(disk);
  again.rig.saveJob("#...");
  await again.rig.close(orderly);
  t.like(recordIn(disk), { written: "#...", safe: "#..." });
});

test("pieces that are lost while the job runs leave the record", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1);
  await rig.time.pass(roundEveryMs);
  rig.lose(1);
  await rig.close(orderly);
  t.like(recordIn(disk), { isOpenForWriting: false, written: "#...", safe: "#..." });
});

test("pieces that a check finds while the job runs are had beside newly written pieces", async (t) => {
  const disk = new MemoryDisk();
  disk.put("/data/b", new Uint8Array(8));
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  rig.saveJob("..##");
  await rig.close(orderly);
  t.like(recordIn(disk), { isOpenForWriting: false, written: "#.##", safe: "#.##" });
});

test("at the end all pieces are durable, also with a part file", async (t) => {
  const disk = new MemoryDisk();
  // Piece 1 ends in an unwanted file.
  const shape = { files: { a: 6, b: 10 }, pieceLengthBytes: 4, job: inDatabase, unwanted: [1] };
  const rig = startRig(disk);
  await rig.open(shape);
  rig.saveJob("....");
  await write(rig, 0, 1);
  await rig.close(orderly);
  t.like(recordIn(disk), { isOpenForWriting: false, safe: "##.." });
  const again = startRig(disk);
  await again.open(shape);
  again.saveJob("##..");
  await again.close(orderly);
  t.like(recordIn(disk), { isOpenForWriting: false, safe: "##.." });
});

test("a damaged record counts as none, and its problem is reported", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  await rig.close(orderly);
  disk.databases.get(database)?.set(`${key} /data`, new Uint8Array(100));
  const { known } = await open(disk);
  t.deepEqual(shown(known), ["....", "##.."]);
  t.regex(known.problem ?? "", /not a job record/);
});

test("F29: a damaged database is renamed, and its readable records are kept", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  await rig.close(orderly);
  const [kept] = disk.databases.get(database)?.values() ?? [];
  disk.databases.get(database)?.set("deadbeef /elsewhere", kept ?? new Uint8Array());
  disk.databases.get(database)?.delete(`${key} /data`);
  disk.damagedDatabases.add(database);
  const { known } = await open(disk);
  t.deepEqual(shown(known), ["....", "##.."]);
  t.regex(known.problem ?? "", /lost with the database .* lies in "\/state\/state.db.damaged"/);
  t.deepEqual([...(disk.databases.get(database)?.keys() ?? [])], ["deadbeef /elsewhere"]);
});

test("F29: a job that ran before and has files but no record is reported", async (t) => {
  const disk = new MemoryDisk();
  const job = { ...inDatabase, hasRunBefore: true };
  t.is((await open(disk, job)).known.problem, undefined);
  disk.put("/data/b", new Uint8Array(8));
  t.regex((await open(disk, job)).known.problem ?? "", /no record of earlier runs/);
});

test("jobs are listed with their settings, and forgotten one by one", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....", { isStarted: false });
  await write(rig, 0);
  const { fileActor } = await import("../../src/file.actor.ts");
  const { "remove-record": forget } = fileActor.handlers;
  const list = () => rig.records("list-jobs", { database }) as Record<string, unknown>;
  t.deepEqual(list(), {
    jobs: [
      {
        key,
        directory: "/data",
        settings: someFacts.settings,
        isStarted: false,
        counters: someFacts.counters,
      },
    ],
    moves: [],
    unreadable: 0,
  });
  disk.databases.get(database)?.set("other", Uint8Array.of(1));
  t.like(list(), { unreadable: 1 });
  const from = { name: "engine", epoch: 1 };
  await forget(rig.state, { key, home: inDatabase.home, directory: "/data" }, from);
  t.deepEqual(list(), { jobs: [], moves: [], unreadable: 1 });
});

const believed = ({ trusted, doubted, samples }: KnownPieces): readonly string[] =>
  [trusted, doubted, samples].map((bits) => pictureOf(bits, 4));

test("a file whose change time alone differs at the next start is suspect until its hashes are verified", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2);
  await rig.close(orderly);
  disk.touch("/data/a");
  const second = await open(disk);
  t.deepEqual(believed(second.known), ["..#.", "##..", "...."]);
  t.deepEqual(second.known.touched, [0]);

  // Stopped in the middle: the next start doubts it again, whatever was written meanwhile.
  second.rig.saveJob("..#.", {}, { doubted: "##.." });
  await write(second.rig, 3);
  await second.rig.close(orderly);
  t.like(recordIn(disk), { isOpenForWriting: false, written: "####", safe: "..##" });
  const third = await open(disk);
  t.deepEqual(believed(third.known), ["..##", "##..", "...."]);

  third.rig.saveJob("..##", {}, { doubted: "##.." });
  third.rig.saveJob("####");
  await third.rig.time.pass(roundEveryMs);
  t.like(recordIn(disk), { isOpenForWriting: false, written: "####", safe: "####" });
  t.deepEqual(believed((await open(disk)).known), ["####", "....", "...."]);
});

test("a suspect piece that is lost is not had any more, and a piece that is suspect at a cut is hashed", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2, 3);
  await rig.time.pass(roundEveryMs);
  rig.saveJob(undefined, {}, { doubted: "##.." });
  rig.lose(1);
  await write(rig, 1);
  t.like(recordIn(disk), { isOpenForWriting: true, written: "#.##", safe: "..##" });
  t.deepEqual(shown((await open(disk)).known), ["..##", "##.."]);
});

test("changes while a torrent runs do not replace the facts that its pieces were judged by", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2);
  await rig.close(orderly);
  disk.touch("/data/a");
  const { rig: second } = await open(disk);
  second.saveJob("..#.", {}, { doubted: "##.." });
  second.saveJob("###.");
  disk.touch("/data/a");
  disk.touch("/data/b");
  await second.close(orderly);
  t.deepEqual(believed((await open(disk)).known), ["....", "###.", "...."]);
});

test("a file system that changes the time of a file at its close does not make the file suspect", async (t) => {
  const disk = new MemoryDisk();
  const { close } = disk;
  disk.close = (file) => {
    const path = disk.pathOf(file);
    close.call(disk, file);
    disk.touch(path);
  };
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 3);
  await rig.time.pass(roundEveryMs);
  disk.touch("/data/b");
  await rig.close(orderly);
  // A touch before the close is still noticed.
  t.deepEqual(believed((await open(disk)).known), ["#...", "...#", "...."]);
});

test("only samples that were not hashed are kept for the next run", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2, 3);
  await rig.time.pass(roundEveryMs);
  rig.saveJob("####", {}, { unsampled: "#.##" });
  rig.lose(3);
  await rig.close(orderly);
  const second = await open(disk);
  t.deepEqual(believed(second.known), ["###.", "....", "#.#."]);
  second.rig.saveJob("###.");
  await second.rig.close(orderly);
  t.deepEqual(believed((await open(disk)).known), ["###.", "....", "...."]);
});

test("the record of a job folder is a file that is written completely or not at all", async (t) => {
  const disk = new MemoryDisk(["/data", "/data/.troupe"]);
  const job = jobIn({ kind: "file", path: "/data/.troupe/record" });
  const { rig } = await open(disk, job);
  rig.saveJob("....");
  await write(rig, 0);
  await rig.close(orderly);
  t.is(disk.databases.size, 0);
  t.deepEqual(shown((await open(disk, job)).known), ["#...", "...."]);
});

test("without a place for records the thread remembers a stop, and syncs no file", async (t) => {
  const disk = new MemoryDisk();
  const job = jobIn({ kind: "memory" });
  const { rig } = await open(disk, job);
  rig.saveJob("....");
  await write(rig, 0, 3);
  await rig.close(orderly);
  t.deepEqual(shown(await openAgain(rig, job)), ["#..#", "...."]);
  t.deepEqual(shown((await open(disk, job)).known), ["....", "####"]);
  t.deepEqual(disk.synced, []);
});

test("the record of a job whose thread ends before its close stays open", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  rig.write({ piece: 1, lengthBytes: 4 });
  const closing = rig.close(orderly);
  void rig.stop();
  const commits = disk.calls.get("commit");
  await closing;
  t.deepEqual(disk.synced, []);
  t.is(disk.calls.get("commit"), commits);
  t.true(recordIn(disk)?.isOpenForWriting);
});

test("a sync that fails without a system code fails only the close", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0);
  disk.syncLater = () => {
    throw new Error("this thread is over");
  };
  await t.throwsAsync(rig.close(orderly), { message: "this thread is over" });
});

test("a store without a stamp has its pieces hashed, and keeps the counters of its record", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 1, 2, 3);
  const facts = { ...someFacts, counters: { ...someFacts.counters, downloadedBytes: 16 } };
  await rig.close({ job: { facts, isOrderly: true } });
  t.deepEqual(shown(await openAgain(rig)), ["####", "...."]);
  await rig.close(orderly);
  const { openStore } = rig.state;
  Object.assign(rig.state, {
    openStore: (...opened: Parameters<typeof openStore>) =>
      Object.assign(openStore(...opened), { stamp: () => undefined }),
  });
  t.deepEqual(shown(await openAgain(rig)), ["....", "####"]);
});

test("a stamp that comes late is waited for", async (t) => {
  const disk = new MemoryDisk();
  const { rig } = await open(disk);
  rig.saveJob("....");
  await write(rig, 0, 3);
  await rig.close(orderly);
  const { openStore } = rig.state;
  Object.assign(rig.state, {
    openStore: (...opened: Parameters<typeof openStore>) => {
      const store = openStore(...opened);
      const stamp = store.stamp();
      return Object.assign(store, { stamp: async () => await stamp });
    },
  });
  t.is(shown(await openAgain(rig))[0], "#..#");
});
