// The export of a state folder into one file.

import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, nodePorts, type DatabaseEntry } from "@troupe/actor-runtime";
import { fileOf, folderOf, readBounded, refuseUnknownOptions } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { carriedRow } from "@troupe/file-worker";
import { databaseFile } from "../../state-database.ts";
import { ArchiveWriter, largestEntryBytes, tooLarge } from "./state-archive.ts";
import { lockAgainstService } from "./service-lock.ts";
import { isExported } from "./state-paths.ts";
import type { ExportedState, ExportStateOptions } from "./state-file.ts";

/** The work of `exportState`. */
export async function makeExport(
  file: string,
  options: ExportStateOptions,
): Promise<ExportedState> {
  refuseUnknownOptions(options, { stateDirectory: true, signal: true });
  const { signal } = options;
  const path = fileOf("file", file);
  const folder = folderOf("stateDirectory", options.stateDirectory);
  signal?.throwIfAborted();
  const lock = await lockAgainstService(folder, "export");
  try {
    return await writeExport(path, folder, signal);
  } finally {
    lock?.release();
  }
}

async function writeExport(
  path: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<ExportedState> {
  const { rows, sums } = readDatabase(folder);
  const names = await filesIn(folder);
  if (rows.length === 0 && names.length === 0) {
    const message = `cannot export "${folder}": there is no state in it`;
    throw new TroupeError("state-not-found", message, { details: { folder } });
  }
  const jobs = countJobs(rows);
  const file = await open(path, "wx", 0o600);
  try {
    const archive = await ArchiveWriter.begin(file);
    for (const [index, row] of rows.entries()) {
      signal?.throwIfAborted();
      await archive.add({ name: rowName(index), bytes: rowBytes(row) });
    }
    await archive.add({ name: sumsName, bytes: sumsBytes(sums) });
    let files = 0;
    for (const name of names) {
      signal?.throwIfAborted();
      const bytes = await readFileOf(folder, name);
      if (bytes === undefined) continue;
      await archive.add({ name, bytes });
      files += 1;
    }
    await archive.end();
    return { jobs, files, bytes: (await file.stat()).size };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** The entry of the sums. */
export const sumsName = "sums.json";

/** The name of the entry of a row. */
function rowName(index: number): string {
  return `records/${String(index).padStart(6, "0")}`;
}

function rowBytes({ name, value }: DatabaseEntry): Uint8Array {
  const head = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(head.length);
  return Buffer.concat([length, head, value]);
}

function sumsBytes(sums: ReadonlyMap<string, number>): Uint8Array {
  return Buffer.from(
    `${JSON.stringify(Object.fromEntries([...sums].toSorted(([one], [other]) => (one < other ? -1 : 1))))}\n`,
  );
}

/** In the order of their names. */
function readDatabase(folder: string) {
  const { disk } = nodePorts();
  const path = join(folder, databaseFile);
  if (disk.stat(path) === undefined)
    return { rows: [] as DatabaseEntry[], sums: new Map<string, number>() };
  const database = disk.openDatabase(path);
  try {
    const rows = database.all().toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return { rows, sums: database.sums() };
  } finally {
    database.close();
  }
}

/** @throws TroupeError `torrent-busy` */
function countJobs(rows: readonly DatabaseEntry[]): number {
  const { sha1 } = nodePorts();
  const kinds = rows.map((row) => carriedRow(row, sha1).kind);
  const move = rows[kinds.indexOf("move")];
  if (move === undefined) return kinds.filter((kind) => kind === "job").length;
  const key = move.name.slice(move.name.lastIndexOf(" ") + 1);
  const message = `cannot export the state: a move of the torrent ${key} was cut off, and its next start here finishes it`;
  throw new TroupeError("torrent-busy", message, { details: { infoHash: key } });
}

/** The files of an export, sorted: the record of a job comes before its other files. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    },
  );
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(join(folder, "x").length - 1)
        .replaceAll("\\", "/"),
    )
    .filter(isExported)
    .toSorted();
}

/** @returns Undefined for a file that is gone. @throws rejects with TroupeError `state-too-large` */
async function readFileOf(folder: string, name: string): Promise<Uint8Array | undefined> {
  try {
    return await readBounded(join(folder, name), largestEntryBytes);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw codeOf(error) === "EFBIG" ? tooLarge(name) : error;
  }
}
