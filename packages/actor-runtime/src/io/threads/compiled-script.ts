// Runs a joined script with the code that V8 compiled in earlier runs. Node's own cache has only the functions that V8
// compiles at load: it compiles all others in every run, a quarter of the CPU time of a start.

import { systemModule } from "../system/system-module.ts";

/** A second run adds the functions that the first did not call. */
const mostSaves = 2;
/** Later V8 may have dropped code that only the start runs. */
export const collectAfterMs = 10_000;
/** The first line of a joined script is a comment with 64 hex digits. */
const digestAt = 2;
const digestLength = 64;
/** Number of saves in 4 bytes, sum of the code in 4, digest of the script. */
const headerBytes = 8 + digestLength;
/** V8 checks the length of the code alone. A sector that a power cut has lost changes the sum. */
const sectorWords = 128;

/**
 * Place of a number in the code that stands for V8's flags. V8 takes code only under the flags that it was made with, and a
 * command changes a flag that does not change code (cli/src/v8-efficiency-mode.ts).
 */
const flagsAt = 12;

/** For the joined script, which has a copy of this module of its own, and looks for other files beside itself. */
const runningKey = Symbol.for("troupe.script");
const shared = globalThis as { [runningKey]?: RunningScript };

interface RunningScript {
  readonly path: string;
  /** Imports a file for the script, which cannot: Node prints a warning when code of `node:vm` imports. */
  readonly load: (url: string) => Promise<unknown>;
  collect: () => void;
  save: () => void;
}

interface KeptCode {
  readonly saves: number;
  readonly data: Buffer;
}

/**
 * Runs a joined script (scripts/bundle-script.ts) in this thread. Its code is kept in the folder of the variable
 * `NODE_COMPILE_CACHE`, where that is set.
 *
 * @param use Letters that name the use of a script with several, each of which calls other functions.
 * @throws what the script throws at its start, and system errors for a script that cannot be read.
 */
export function runScript(path: string, use: string = ""): void {
  const { Script } = systemModule("node:vm");
  const source = systemModule("node:fs").readFileSync(path, "latin1");
  const digest = source.slice(digestAt, digestAt + digestLength);
  const file = keptFile(path, use);
  const kept = file === undefined ? undefined : readKept(file, digest);
  const script = new Script(source, {
    filename: path,
    ...(kept !== undefined && { cachedData: kept.data }),
  });
  const saves = script.cachedDataRejected === false ? (kept?.saves ?? 0) : 0;
  let data: Buffer | undefined;
  const isWanted = file !== undefined && saves < mostSaves;
  const flags = isWanted ? presentFlags() : 0;
  const collect = (): void => {
    if (isWanted) data ??= underFlags(script.createCachedData(), flags);
  };
  const save = (): void => {
    collect();
    if (isWanted && data !== undefined) writeKept(file, digest, { saves: saves + 1, data });
  };
  shared[runningKey] = { path, load: (url) => import(url), collect, save };
  script.runInThisContext();
}

/** Imports a file, also from a joined script. @param url A `file:` URL. */
export async function importFile(url: string): Promise<unknown> {
  const running = shared[runningKey];
  return running === undefined ? await import(url) : await running.load(url);
}

/** @returns The number of V8's flags at this moment. */
function presentFlags(): number {
  const { Script } = systemModule("node:vm");
  return new Script("").createCachedData().readUInt32LE(flagsAt);
}

/** @returns `data` as V8 would have made it under earlier flags; as it is where V8 has no such number. */
function underFlags(data: Buffer, flags: number): Buffer {
  if (data.readUInt32LE(flagsAt) === presentFlags()) data.writeUInt32LE(flags, flagsAt);
  return data;
}

/** Holds the code that this thread's script has run so far, for {@link saveScriptCode}. No disk is touched. */
export function collectScriptCode(): void {
  shared[runningKey]?.collect();
}

/**
 * Writes the code for later runs; only the first call of the first runs does. Call it at the end: a thread that a slow disk
 * blocks counts as hung.
 */
export function saveScriptCode(): void {
  const running = shared[runningKey];
  if (running === undefined) return;
  running.save();
  running.save = () => {};
}

/** The cache file of a script: one for each V8 version and its flags, because V8 rejects code compiled under others. */
function keptFile(path: string, use: string): string | undefined {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (!NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return undefined;
  const { basename, join } = systemModule("node:path");
  const engine = systemModule("node:v8").cachedDataVersionTag().toString(16).padStart(8, "0");
  const folder = `scripts-${process.version}-${process.arch}-${engine}`;
  return join(NODE_COMPILE_CACHE, folder, `${basename(path, ".js")}-${use}${numberOf(path)}`);
}

/** FNV-1a: loading `node:crypto` would take 8 ms. */
function numberOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** @returns Undefined without a file, and for a file of another script or with damage. */
function readKept(file: string, digest: string): KeptCode | undefined {
  try {
    const bytes = systemModule("node:fs").readFileSync(file);
    const data = bytes.subarray(headerBytes);
    if (
      bytes.toString("latin1", 8, headerBytes) !== digest ||
      bytes.readInt32LE(4) !== sumOf(data)
    ) {
      return undefined;
    }
    return { saves: bytes.readInt32LE(0), data };
  } catch {
    return undefined;
  }
}

/** Errors are ignored: without the folder, or room in it, every run compiles again. */
function writeKept(file: string, digest: string, { saves, data }: KeptCode): void {
  const fs = systemModule("node:fs");
  const { dirname } = systemModule("node:path");
  // Threads of a process, and processes of containers with a common cache, save at the same time.
  const { threadId } = systemModule("node:worker_threads");
  const temporary = `${file}-${process.pid}-${threadId}-${process.hrtime.bigint()}`;
  try {
    const header = Buffer.alloc(headerBytes);
    header.writeInt32LE(saves, 0);
    header.writeInt32LE(sumOf(data), 4);
    header.write(digest, 8, "latin1");
    fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(temporary, Buffer.concat([header, data]), { mode: 0o600 });
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

/** Sum of a word of each sector, and of the length. */
function sumOf(data: Buffer): number {
  let sum = data.length;
  for (let at = 0; at + 4 <= data.length; at += 4 * sectorWords) {
    sum = (Math.imul(sum, 31) + data.readInt32LE(at)) | 0;
  }
  return sum;
}
