// Jobs that real downloads have left behind, with their state: in a state folder, as it is after an orderly end and as a
// program that is killed leaves it, and in folders of their own.

import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hash } from "node:crypto";
import { Coordinator, Torrent } from "@troupe/coordinator";
import { hasBit } from "@troupe/protocol/peer";
import type { Payload } from "../support/files/payload.ts";
import { isLong } from "../support/lanes.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { quiet } from "../support/swarm/quiet.ts";

const pieceLengthBytes = 16 * 1024;
const entryHeaderBytes = 64;
/** Files that make a record fill most of a page of the database. */
const fileCount = 70;
/** Without threads: what is kept is the same, and two thousand starts of engines cost less. */
export const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** Lengths are multiples: of 2 MB in all in the long lanes, of 800 KB in the gate. */
const lengthStepBytes = isLong ? 5_009 : 2_003;
/** Files of every length, so that pieces are cut everywhere. */
const shapes = [3, 5, 7].map((step) => ({
  pieceLengthBytes,
  files: Array.from({ length: fileCount }, (_, file) => ({
    path: [`${file % 4}`, `file ${file}`],
    lengthBytes: 1 + ((file * step) % 13) * lengthStepBytes,
  })),
}));
/** Not wanted: some in the middle, and in the second torrent all of the second half at first. */
const someWanted = Array.from({ length: fileCount }, (_, file) =>
  file >= 20 && file < 45 ? 0 : 1,
);
const halfWanted = Array.from({ length: fileCount }, (_, file) => (file < fileCount / 2 ? 1 : 0));

/** One job as it was left. */
export interface KeptJob {
  readonly infoHash: string;
  readonly metainfo: Uint8Array;
  readonly payload: Payload;
  /** Where its data lies. */
  readonly directory: string;
  readonly priorities: readonly number[];
}

/** A state as it was left: what is hit is a copy of it. */
export interface KeptState {
  readonly name: string;
  /** Where the copy is. */
  readonly folder: string;
  readonly jobs: readonly KeptJob[];
  /** Undefined: a state folder; else the folder of the job in which the state belongs. */
  readonly jobFolder?: string;
}

/** Makes them all. The swarms that the data came from are gone when it returns. */
export async function makeKeptStates(place: string): Promise<readonly KeptState[]> {
  await using stack = new AsyncDisposableStack();
  const swarms: Swarm[] = [];
  for (const shape of shapes) {
    const swarm = stack.use(await Swarm.open(shape));
    const seeder = await swarm.pacedSeeder();
    await swarm.announce(seeder.port);
    swarms.push(swarm);
  }
  const [whole, some, half] = swarms;
  if (whole === undefined || some === undefined || half === undefined) throw new Error("no swarm");
  return [
    ...(await stateFolders(place, whole, some, half)),
    ...(await jobFolder(place, whole, [])),
    ...(await jobFolder(place, half, halfWanted)),
  ];
}

async function stateFolders(
  place: string,
  whole: Swarm,
  some: Swarm,
  half: Swarm,
): Promise<KeptState[]> {
  const options = { ...local, stateDirectory: join(place, "state") };
  const jobs = [
    jobOf(whole, join(place, "whole"), []),
    jobOf(some, join(place, "some"), someWanted),
    jobOf(half, join(place, "half"), halfWanted),
  ];
  {
    await using coordinator = await Coordinator.start(options);
    for (const { metainfo, directory, priorities } of jobs) {
      const wanted = priorities.length === 0 ? {} : { priorities };
      await (
        await coordinator.add(metainfo, { directory, ...wanted })
      ).completed;
    }
  }
  const coordinator = await Coordinator.start(options);
  const { torrents } = await coordinator.restore();
  const last = torrents.find(({ infoHash }) => infoHash === half.infoHash);
  if (last === undefined) throw new Error("not restored");
  await wantAll(last);
  const killed = keep(place, "killed state folder", options.stateDirectory, jobs);
  await coordinator.close();
  return [killed, keep(place, "closed state folder", options.stateDirectory, jobs)];
}

/** Goes on until everything is there; what is on record then says that it is being written to. */
async function wantAll(torrent: Torrent): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  torrent.on("piece", () => {
    if (torrent.isSeed) resolve();
  });
  await torrent.checked;
  torrent.setPriorities(torrent.files.map((_, file) => [file, 1]));
  await promise;
}

async function jobFolder(
  place: string,
  swarm: Swarm,
  priorities: readonly number[],
): Promise<KeptState[]> {
  const folder = join(place, `job ${priorities.length}`);
  const job = jobOf(swarm, folder, priorities);
  const wanted = priorities.length === 0 ? {} : { priorities };
  {
    await using torrent = await Torrent.create(folder, swarm.metainfo, { ...local, ...wanted });
    await torrent.completed;
  }
  const rest = { jobFolder: folder };
  if (priorities.length === 0) {
    return [{ ...keep(place, "closed job folder", join(folder, ".troupe"), [job]), ...rest }];
  }
  await using torrent = await Torrent.load(folder, { ...local, ...wanted });
  await wantAll(torrent);
  const all = { ...job, priorities: [] };
  return [{ ...keep(place, "killed job folder", join(folder, ".troupe"), [all]), ...rest }];
}

function jobOf(swarm: Swarm, directory: string, priorities: readonly number[]): KeptJob {
  const { infoHash, metainfo, payload } = swarm;
  return { infoHash, metainfo, payload, directory, priorities };
}

function keep(place: string, name: string, from: string, jobs: readonly KeptJob[]): KeptState {
  const folder = join(place, "kept", name);
  cpSync(from, folder, { recursive: true });
  return { name, folder, jobs };
}

/** Pieces that are claimed and not there, by our own look at the files. */
export function falseHaves({ payload, directory, infoHash }: KeptJob, had: Uint8Array): number[] {
  const files = payload.files as readonly { readonly lengthBytes: number }[];
  const found = Buffer.concat(
    files.map(({ lengthBytes }, file) => {
      const bytes = contentOf(join(directory, payload.paths[file] ?? "")).subarray(0, lengthBytes);
      return Buffer.concat([bytes, Buffer.alloc(lengthBytes - bytes.length)]);
    }),
  );
  putParts(found, contentOf(join(directory, `.${infoHash}.parts`)));
  const wrong: number[] = [];
  for (let piece = 0; piece * pieceLengthBytes < payload.totalBytes; piece++) {
    if (!hasBit(had, piece)) continue;
    const bytes = found.subarray(piece * pieceLengthBytes, (piece + 1) * pieceLengthBytes);
    const due = Buffer.from(payload.pieceHashes.subarray(20 * piece, 20 * piece + 20));
    if (!hash("sha1", bytes, "buffer").equals(due)) wrong.push(piece);
  }
  return wrong;
}

/** Copies the entries of a part file (the format is in files/part-file.ts) to their places in the content. */
function putParts(found: Buffer, parts: Buffer): void {
  for (
    let at = 0;
    at + entryHeaderBytes <= parts.length;
    at += entryHeaderBytes + pieceLengthBytes
  ) {
    if (parts.toString("latin1", at, at + 8) !== "TroupeP1") continue;
    const [piece, from, to] = [8, 12, 16].map((field) => parts.readUInt32BE(at + field));
    if (piece === undefined || from === undefined || to === undefined) continue;
    const start = at + entryHeaderBytes;
    parts.copy(found, piece * pieceLengthBytes + from, start + from, start + to);
  }
}

function contentOf(path: string): Buffer {
  return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
}
