// The power fails at each disk call of a job's life: what is synced is on the disk, of all else each sector, length, time
// and name is there or not by chance. `IMAGES=100` looks at a
// hundred such disks for each call, and as many when it fails again.

import test, { type ExecutionContext } from "ava";
import { SeededRandom, SimulatedDisk } from "@troupe/actor-runtime/simulated";
import { ManualTime, sha1 } from "@troupe/actor-runtime/testing";
import { decodeRecord, type KnownPieces, type StoredJob } from "@troupe/messages";
import { hasBit, setBit } from "@troupe/protocol/peer";
import { pictureOf } from "@troupe/protocol/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import { isLong } from "../../../../test/support/lanes.ts";
import { decodeHeader, entryHeaderBytes } from "../../src/files/part-file.ts";
import { soonMs, roundEveryMs } from "../../src/state/job-journals.ts";
import { pattern, someFacts, startRig, type FileRig } from "../support/file-rig.ts";

const imagesPerCall = Number(process.env["IMAGES"] ?? (isLong ? 5 : 3));
const pieceLengthBytes = 2_048;
const files = { a: 5_000, "deep/b": 9_000, c: 3_000, d: 7_700 };
const totalBytes = 24_700;
const pieceCount = Math.ceil(totalBytes / pieceLengthBytes);
/** `c`: what it shares with its neighbours lies in the part file. */
const unwanted = [2];
const key = "0123456789abcdef0123456789abcdef01234567" as TorrentKey;
const home = { kind: "database", path: "/state/state.db" } as const;
const job: StoredJob = { key, home, verify: "sample", hasRunBefore: true };
const ended = { job: { facts: someFacts, isOrderly: true } };

/** Every byte of the torrent, none like its neighbours. */
const content = pattern(totalBytes);

function bytesOf(piece: number): Uint8Array {
  return content.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes);
}

/** A machine that may lose its power: its disk, and the file-worker that runs on it. */
class Machine {
  readonly disk: SimulatedDisk;
  #rig: FileRig | undefined;
  #time = new ManualTime();

  constructor() {
    this.disk = new SimulatedDisk({ clock: this.#time });
    this.disk.makeFolder("/data");
    this.disk.makeFolder("/state");
  }

  /** Starts a file-worker, which finds the job as the last one has left it. */
  async start(): Promise<{ readonly rig: FileRig; readonly known: KnownPieces }> {
    this.#time = new ManualTime(this.#time.nowMs() + 1_000);
    this.#rig = startRig(this.disk, { slabBytes: 32_768 }, this.#time);
    for (let piece = 0; piece < pieceCount; piece++) {
      this.#rig.memory.set(bytesOf(piece), piece * pieceLengthBytes);
    }
    const opened = await this.#rig.open({ files, pieceLengthBytes, unwanted, job });
    if (!("known" in opened) || opened.known === undefined) {
      throw new Error(`not opened: ${JSON.stringify(opened)}`);
    }
    return { rig: this.#rig, known: opened.known };
  }

  /** Whether all bytes of each piece are on the disk, those in the part file too. */
  piecesThere(): readonly boolean[] {
    const whole = new Uint8Array(totalBytes);
    let at = 0;
    for (const [name, lengthBytes] of Object.entries(files)) {
      const path = `/data/${name}`;
      if (this.disk.stat(path) !== undefined) {
        whole.set(this.disk.readFile(path).subarray(0, lengthBytes), at);
      }
      at += lengthBytes;
    }
    // A piece in the part file takes the place of the files' bytes for this piece alone.
    const pieces = Array.from({ length: pieceCount }, (_, piece) =>
      whole.slice(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes),
    );
    if (this.disk.stat("/data/.parts") !== undefined) {
      const parts = this.disk.readFile("/data/.parts");
      const entryBytes = entryHeaderBytes + pieceLengthBytes;
      for (let entry = 0; entry + entryHeaderBytes <= parts.length; entry += entryBytes) {
        const held = decodeHeader(parts.subarray(entry, entry + entryHeaderBytes));
        if (held === undefined) continue;
        const from = entry + entryHeaderBytes;
        const bytes = parts.subarray(from + held.from, from + held.to);
        pieces[held.piece]?.set(bytes, held.from);
      }
    }
    return pieces.map((found, piece) => Buffer.compare(found, bytesOf(piece)) === 0);
  }

  /** Pieces that the last commit calls durable; undefined when there was none. */
  durable(): Uint8Array | undefined {
    const [value] = this.disk.openDatabase(home.path).all();
    return value && decodeRecord(value.value, sha1).durable;
  }
}

/** Writes pieces, some together, and lets rounds of syncing come and go. */
async function write(rig: FileRig, pieces: readonly number[]): Promise<void> {
  for (const [index, piece] of pieces.entries()) {
    const offset = piece * pieceLengthBytes;
    rig.write({ piece, offset, lengthBytes: bytesOf(piece).length });
    if (index % 3 === 2) rig.settle();
    if (index % 4 === 3) await rig.time.pass(roundEveryMs);
  }
  rig.settle();
}

/** Some pieces, an orderly end, all others, one that is lost and comes again. */
async function live(machine: Machine): Promise<void> {
  const { rig } = await machine.start();
  rig.saveJob(".".repeat(pieceCount));
  await write(rig, [0, 4, 6, 2, 1]);
  await rig.time.pass(soonMs);
  await rig.close(ended);
  const { rig: next, known } = await machine.start();
  next.saveJob(pictureOf(whatIsThere(machine, known), pieceCount));
  await write(next, [3, 12, 8, 5, 9, 10, 11]);
  await next.time.pass(roundEveryMs);
  next.lose(4);
  await write(next, [4]);
  await next.time.pass(roundEveryMs);
  await next.close(ended);
}

/** The bytes that the engine finds: believed, or hashed and good. */
function whatIsThere(machine: Machine, { trusted, toHash }: KnownPieces): Uint8Array {
  const had = trusted.slice();
  const there = machine.piecesThere();
  for (let piece = 0; piece < pieceCount; piece++) {
    if (hasBit(toHash, piece) && there[piece] === true) setBit(had, piece);
  }
  return had;
}

/** Lets the power fail at a call, and looks at what the next start believes. @returns What it had then. */
async function cutAt(
  t: ExecutionContext,
  machine: Machine,
  call: number,
  random: SeededRandom,
  task: () => Promise<unknown>,
): Promise<FileRig> {
  const where = `call ${call}`;
  machine.disk.fault = ({ number }) => (number >= call ? "EIO" : undefined);
  // The disk is gone: the error of the task is ignored.
  await task().catch(() => undefined);
  machine.disk.fault = undefined;
  const durable = machine.durable();
  machine.disk.crash(random);
  const { rig, known } = await machine.start();
  const there = machine.piecesThere();
  for (let piece = 0; piece < pieceCount; piece++) {
    const isThere = there[piece] === true;
    if (hasBit(known.trusted, piece)) t.true(isThere, `${where}: false have of piece ${piece}`);
    const isFound = hasBit(known.trusted, piece) || hasBit(known.toHash, piece);
    if (isThere) t.true(isFound, `${where}: piece ${piece} is there and not looked for`);
    if (durable !== undefined && hasBit(durable, piece)) {
      t.true(isThere, `${where}: piece ${piece} was durable and is lost`);
    }
  }
  t.is(known.problem, undefined, where);
  t.is(known.counters !== undefined, durable !== undefined, `${where}: it is on the list`);
  rig.saveJob(pictureOf(whatIsThere(machine, known), pieceCount));
  return rig;
}

test(`F17: a power cut at any disk call loses no durable piece, and no missing piece is reported`, async (t) => {
  const whole = new Machine();
  await live(whole);
  const calls = whole.disk.callCount;
  t.true(calls > 100, `${calls} disk calls`);
  let images = 0;
  for (let call = 1; call <= calls; call++) {
    for (let image = 0; image < imagesPerCall; image++) {
      const random = new SeededRandom(`power ${call} ${image}`);
      const machine = new Machine();
      const rig = await cutAt(t, machine, call, random, () => live(machine));
      // And again while it makes up for that.
      const again = machine.disk.callCount + 1 + random.integer(60);
      await cutAt(t, machine, again, random, async () => {
        await write(rig, [2, 8, 4, 6, 0, 12]);
        await rig.time.pass(roundEveryMs);
        await rig.close(ended);
      });
      images += 2;
    }
  }
  t.log(`${images} disks, after each of ${calls} calls`);
});
