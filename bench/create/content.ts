// Content to make torrents of, in one file and in many, and the proof that the page cache holds it.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { runProcess } from "../../test/support/programs/process.ts";

const chunkBytes = 1 << 20;
const filesPerFolder = 1_000;
/** Words of one call of `fincore`. */
const filesPerCall = 2_000;

/** A folder or file that creators read. */
export interface Content {
  readonly path: string;
  readonly totalBytes: number;
  readonly files: readonly string[];
}

/** Writes content of equal files. @param count 1: the content is the file itself. */
export function writeContent(folder: string, totalBytes: number, count: number): Content {
  const root = join(folder, count === 1 ? "one" : "many");
  mkdirSync(folder, { recursive: true });
  const each = Math.floor(totalBytes / count);
  const chunk = noise();
  for (let file = 0; file < count; file++) {
    const path = count === 1 ? root : join(root, `folder-${Math.floor(file / filesPerFolder)}`);
    if (count > 1) mkdirSync(path, { recursive: true });
    const isLast = file === count - 1;
    const length = isLast ? totalBytes - each * (count - 1) : each;
    writeFile(count === 1 ? path : join(path, `file-${file}`), length, { chunk, number: file });
  }
  return { path: root, totalBytes, files: count === 1 ? [root] : filesBelow(root) };
}

/** Content of an earlier run. @returns Undefined when there is none of this size. */
export function foundContent(
  folder: string,
  totalBytes: number,
  count: number,
): Content | undefined {
  const root = join(folder, count === 1 ? "one" : "many");
  if (!existsSync(root)) return undefined;
  const files = count === 1 ? [root] : filesBelow(root);
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  return bytes === totalBytes && files.length === count
    ? { path: root, totalBytes, files }
    : undefined;
}

/** Bytes of the content that are in the page cache. */
export async function residentBytes({ files }: Content): Promise<number> {
  let sum = 0;
  for (let at = 0; at < files.length; at += filesPerCall) {
    const some = files.slice(at, at + filesPerCall);
    // One call after the other. oxlint-disable-next-line no-await-in-loop
    const lines = await runProcess(["fincore", "-b", "-n", "-r", "-o", "RES", ...some]);
    for (const line of lines) sum += Number(line);
  }
  return sum;
}

/** Whole pages of all files. */
export function pagesOf({ files }: Content): number {
  const page = 4_096;
  return files.reduce((sum, path) => sum + Math.ceil(statSync(path).size / page) * page, 0);
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
}

/** Bytes without a pattern. */
function noise(): Buffer {
  const words = new Uint32Array(chunkBytes / 4);
  let word = 1;
  for (let at = 0; at < words.length; at++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    words[at] = word;
  }
  return Buffer.from(words.buffer);
}

/** Safe on the disk: nothing is written back while something is measured. */
function writeFile(
  path: string,
  length: number,
  { chunk, number }: { readonly chunk: Buffer; readonly number: number },
): void {
  const file = openSync(path, "wx");
  for (let written = 0; written < length; written += chunkBytes) {
    chunk.writeUInt32LE(number, 0);
    chunk.writeUInt32LE(written / chunkBytes, 4);
    writeSync(file, chunk, 0, Math.min(chunkBytes, length - written));
  }
  if (length > chunkBytes) fsyncSync(file);
  closeSync(file);
}
