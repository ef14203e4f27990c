import test from "ava";
import { packHashedFiles, type HashedFiles, type StoredJob } from "@troupe/messages";
import { pictureOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { roundEveryMs } from "../../src/state/job-journals.ts";
import { someFacts, startRig } from "../support/file-rig.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const key = "0123456789abcdef0123456789abcdef01234567" as TorrentKey;
const home = { kind: "database", path: "/state/state.db" } as const;

/** Two files of 8 bytes in pieces of 4: `aa bb`. */
function filled(): MemoryDisk {
  const disk = new MemoryDisk();
  for (const name of ["a", "b"]) disk.put(`/data/${name}`, new Uint8Array(8));
  return disk;
}

/** Pieces that are trusted, hashed before the torrent runs, and doubted while it runs. */
async function pieces(disk: MemoryDisk, hashed: HashedFiles, verify: StoredJob["verify"]) {
  const job = { key, home, verify, hashed: packHashedFiles(hashed) };
  const opened = await startRig(disk).open({ files: { a: 8, b: 8 }, pieceLengthBytes: 4, job });
  if (!("known" in opened) || opened.known === undefined) throw new Error("nothing is known");
  const { doubted, samples, toHash, trusted } = opened.known;
  return [trusted, toHash, doubted, samples].map((bits) => pictureOf(bits, 4));
}

const identities = (disk: MemoryDisk): HashedFiles =>
  ["a", "b"].map((name) => disk.stat(`/data/${name}`));

test("files that were hashed elsewhere are had without a record and without another hash", async (t) => {
  const disk = filled();
  const hashed = identities(disk);
  t.deepEqual(await pieces(disk, hashed, "sample"), ["####", "....", "....", "...."]);
  t.deepEqual(await pieces(disk, hashed, "full"), ["....", "####", "....", "...."]);
});

test("a file whose identity, length or time has changed since it was hashed is hashed", async (t) => {
  const disk = filled();
  const [a, b] = identities(disk);
  if (a === undefined || b === undefined) return t.fail();
  for (const other of [
    { ...b, device: b.device + 1n },
    { ...b, inode: b.inode + 1n },
    { ...b, lengthBytes: 7 },
    { ...b, mtimeNs: b.mtimeNs - 1n },
    undefined,
  ])
    // One after the other. oxlint-disable-next-line no-await-in-loop
    t.deepEqual(await pieces(disk, [a, other], "sample"), ["##..", "..##", "....", "...."]);
  const touched = { ...b, ctimeNs: b.ctimeNs - 1n };
  t.deepEqual(await pieces(disk, [a, touched], "sample"), ["##..", "....", "..##", "...."]);
  t.deepEqual(await pieces(disk, [a], "sample"), ["....", "####", "....", "...."]);
});

test("a hash counts more than the record, but not for pieces of a failed sync", async (t) => {
  const disk = new MemoryDisk();
  const rig = startRig(disk);
  const job = { key, home, verify: "sample" } as const;
  await rig.open({ files: { a: 8, b: 8 }, pieceLengthBytes: 4, job });
  rig.saveJob("....");
  for (const piece of [0, 1, 2]) rig.write({ piece, lengthBytes: 4 });
  await rig.time.pass(0);
  disk.fail("sync", "EIO");
  await rig.time.pass(roundEveryMs);
  await rig.close({ job: { facts: someFacts, isOrderly: true } });
  t.deepEqual(await pieces(disk, identities(disk), "sample"), ["..##", "##..", "....", "...."]);
});
