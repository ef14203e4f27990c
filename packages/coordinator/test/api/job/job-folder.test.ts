import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { codeOf, nodePorts } from "@troupe/actor-runtime";
import { encodeRecord, zeroCounters, type JobFacts } from "@troupe/messages";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { keyOf } from "@troupe/protocol/identity";
import {
  createJobFolder,
  discardJobFolder,
  loadJobFolder,
} from "../../../src/api/job/job-folder.ts";
import { writeJobSource } from "../../../src/api/job/job-source.ts";
import { readMagnet } from "../../../src/api/job/load-metainfo.ts";
import { jobLock } from "../../../src/api/lock/job-lock.ts";
import { LockKeepers } from "../../../src/api/lock/lock-keepers.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

const metainfo = encodeTorrent({
  name: "payload",
  lengthBytes: 100,
  pieceLengthBytes: 16_384,
  pieceHashes: new Uint8Array(20).fill(0xaa),
  trackers: [["http://tracker.test/announce"]],
});
const { infoHash, infoHashes } = parseTorrent(metainfo);
const key = keyOf(infoHashes);
const loaded = { kind: "metainfo", metainfo, source: "file" } as const;

const settings = {
  trackers: ["http://other.test/"],
  useTrackers: false,
  announce: "strict",
  maxPeers: 7,
  sequential: true,
  queueRank: 9,
  forced: true,
} as const;

/** The folder of a job that has run with these settings. */
async function job(t: ExecutionContext, chosen: Pick<JobFacts, "priorities"> = {}) {
  const parent = mkdtempSync(join(tmpdir(), "job-folder-"));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  const { directory, home, isNew } = await createJobFolder(join(parent, "job"), loaded);
  t.true(isNew);
  const none = new Uint8Array(0);
  const record = encodeRecord(
    {
      key,
      directory,
      settings,
      ...chosen,
      isStarted: true,
      counters: zeroCounters,
      peers: [],
      isOpenForWriting: false,
      pieceCount: 0,
      had: none,
      durable: none,
      suspect: none,
      unsampled: none,
      files: new BigUint64Array(0),
    },
    nodePorts().sha1,
  );
  if (home.kind === "file") writeFileSync(home.path, record);
  const paths = {
    torrent: join(directory, ".troupe", "job.torrent"),
    record: join(directory, ".troupe", "record"),
  };
  return { directory, paths };
}

test("EX1: of several calls that create a job in one folder one succeeds, and the others leave no file", async (t) => {
  const parent = mkdtempSync(join(tmpdir(), "job-folder-"));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
    const all = Array.from({ length: 6 }, () => createJobFolder(join(parent, name), loaded));
    const outcomes = await Promise.allSettled(all);
    const codes = outcomes.flatMap((one) =>
      one.status === "rejected" ? [codeOf(one.reason)] : [],
    );
    t.deepEqual(
      codes,
      Array.from({ length: 5 }, () => "job-exists"),
    );
  }
  t.is(readdirSync(parent).length, 8);
});

onLinux("EX1: a new job that another process runs meanwhile is not removed", async (t) => {
  const parent = mkdtempSync(join(tmpdir(), "job-folder-"));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  const made = await createJobFolder(join(parent, "job"), loaded);
  const keepers = new LockKeepers(1);
  const other = jobLock({ key, directory: made.directory, makesFolder: false }, keepers);
  await other.take();
  await discardJobFolder(made, keepers);
  t.deepEqual(readdirSync(join(made.directory, ".troupe")), [`${key}.lock`, "job.torrent"]);
  await other.release();
  await discardJobFolder(made, keepers);
  t.deepEqual(readdirSync(parent), []);
  // A folder that is made again can be run.
  await other.take();
  await other.release();
});

test("a job is loaded with its settings", async (t) => {
  const { directory } = await job(t, { priorities: [3] });
  const { record, isNew } = await loadJobFolder(directory);
  t.false(isNew);
  t.like(record, { settings, priorities: [3] });
});

test("F29: the settings of a damaged record are not used", async (t) => {
  const { directory, paths } = await job(t);
  writeFileSync(paths.record, "foreign");
  t.is((await loadJobFolder(directory)).record, undefined);
  rmSync(paths.record);
  t.is((await loadJobFolder(directory)).record, undefined);
});

test("F29: no flipped bit in a job's .torrent file loads another torrent", async (t) => {
  const { directory, paths } = await job(t);
  const right = readFileSync(paths.torrent);
  const start = right.indexOf("4:info");
  for (let at = start; at < right.length; at++) {
    const hit = Buffer.from(right);
    hit[at] = (hit[at] ?? 0) ^ 1;
    writeFileSync(paths.torrent, hit);
    await t.throwsAsync(loadJobFolder(directory), { code: "torrent-copy-lost" }, `byte ${at}`);
  }
  writeFileSync(paths.torrent, right);
  await t.notThrowsAsync(loadJobFolder(directory));
});

test("AE1: a job of a magnet keeps its link until its .torrent is written", async (t) => {
  const parent = mkdtempSync(join(tmpdir(), "job-folder-"));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  for (const source of ["file", "network"] as const) {
    const link = readMagnet(`magnet:?xt=urn:btih:${infoHash}&dn=name`, source);
    const { directory } = await createJobFolder(join(parent, source), link);
    t.deepEqual(readdirSync(join(directory, ".troupe")), ["job.magnet"]);
    t.deepEqual((await loadJobFolder(directory)).source, link);
    await writeJobSource(directory, { kind: "metainfo", metainfo });
    t.deepEqual(readdirSync(join(directory, ".troupe")), ["job.torrent"]);
    t.like((await loadJobFolder(directory)).source, { kind: "metainfo" });
  }
});

test("F29: a damaged magnet link of a job is refused, and one of another torrent", async (t) => {
  const { directory, paths } = await job(t);
  const magnetPath = join(directory, ".troupe", "job.magnet");
  rmSync(paths.torrent);
  await t.throwsAsync(loadJobFolder(directory), { code: "not-a-job" });
  for (const link of ["", "magnet:?dn=name", `magnet:?xt=urn:btih:${"f".repeat(40)}`]) {
    writeFileSync(magnetPath, link);
    const error = await t.throwsAsync(
      loadJobFolder(directory),
      { code: "torrent-copy-lost" },
      link,
    );
    t.true(error?.message.includes(magnetPath));
  }
  writeFileSync(magnetPath, infoHash);
  await t.notThrowsAsync(loadJobFolder(directory));
});
