// The file of an export: a tar archive (POSIX.1-1988 ustar) of plain files alone, which `tar -t` lists. Equal states give
// equal bytes: entries have no times, no owners and the mode 600.
//
//   state.json       {"format":"troupe-state","version":1}
//   records/000000   a row of the database: 2 bytes with the length of its name, the name, the value
//   sums.json        the sums of the database
//   …                the other files of the state folder, by their paths in it
//   end.json         {"entries":…,"sha256":…}: the number of entries before it, and the SHA-256 of all bytes before it
//
// The reader is a gate: bounded, and a file that was cut off or changed is refused.

import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";

const blockBytes = 512;
/** Bytes of the largest entry: the record of the largest torrent has 90 MB. A larger entry is refused. */
export const largestEntryBytes: number = 128 * 1024 ** 2;
/** Entries of an archive; one with more is refused. */
const mostEntries = 1_000_000;
const longestName = 99;
const firstName = "state.json";
const lastName = "end.json";
const version = 1;

const text = new TextEncoder();

/** An entry of an archive. */
export interface ArchiveEntry {
  /** Parts joined by `/`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes an archive. */
export class ArchiveWriter {
  readonly #file: FileHandle;
  readonly #hash = createHash("sha256");
  #entries = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @param file Empty, and open for writing. The caller closes it. */
  static async begin(file: FileHandle): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(file);
    await writer.add({ name: firstName, bytes: json({ format: "troupe-state", version }) });
    return writer;
  }

  /** @throws rejects with TroupeError `state-too-large`, and with a system error */
  async add({ name, bytes }: ArchiveEntry): Promise<void> {
    if (bytes.length > largestEntryBytes || this.#entries === mostEntries) throw tooLarge(name);
    const padding = new Uint8Array(paddingOf(bytes.length));
    const parts = [header(name, bytes.length), bytes, padding];
    for (const part of parts) this.#hash.update(part);
    this.#entries += 1;
    await this.#write(parts);
  }

  /** Writes the end; the archive is durable then. @throws rejects with a system error */
  async end(): Promise<void> {
    const bytes = json({ entries: this.#entries, sha256: this.#hash.digest("hex") });
    const padding = new Uint8Array(paddingOf(bytes.length) + 2 * blockBytes);
    await this.#write([header(lastName, bytes.length), bytes, padding]);
    await this.#file.sync();
  }

  async #write(parts: readonly Uint8Array[]): Promise<void> {
    await this.#file.writeFile(Buffer.concat(parts));
  }
}

/**
 * Reads the entries of an archive, without its first and last one, in memory of their own.
 *
 * @throws TroupeError `state-file-malformed` while it is read: what was read before does not count.
 */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  await using file = await open(path, "r");
  if (!(await file.stat()).isFile()) throw malformed(path, "it is not a file");
  const hash = createHash("sha256");
  for (let entries = 0; ; entries += 1) {
    const head = await take(file, path, blockBytes);
    const { name, lengthBytes } = readHeader(path, head);
    const body = await take(file, path, lengthBytes + paddingOf(lengthBytes));
    const bytes = body.subarray(0, lengthBytes);
    if (name === lastName) {
      checkEnd(path, bytes, { entries, sha256: hash.digest("hex") });
      return;
    }
    if (entries === mostEntries) throw malformed(path, `it has more than ${mostEntries} entries`);
    hash.update(head).update(body);
    if (entries === 0) checkFirst(path, name, bytes);
    else yield { name, bytes };
  }
}

/** The error of a file that is no export, or not a whole one. */
export function malformed(path: string, why: string): TroupeError {
  const message = `cannot import "${cleanText(path, 1_000)}": ${why}`;
  return new TroupeError("state-file-malformed", message, { details: { path } });
}

/** The error of a state that no archive can have. */
export function tooLarge(name: string): TroupeError {
  const message = `cannot export "${cleanText(name, 200)}": an export has ${largestEntryBytes / 1024 ** 2} MiB a file and ${mostEntries} files at most`;
  return new TroupeError("state-too-large", message, { details: { name } });
}

function json(value: unknown): Uint8Array {
  return text.encode(`${JSON.stringify(value)}\n`);
}

function paddingOf(lengthBytes: number): number {
  return (blockBytes - (lengthBytes % blockBytes)) % blockBytes;
}

function header(name: string, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(blockBytes);
  const put = (at: number, field: string): void => bytes.set(text.encode(field), at);
  put(0, name);
  put(100, "0000600\0");
  put(108, "0000000\0");
  put(116, "0000000\0");
  put(124, `${lengthBytes.toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\u000000");
  put(148, `${sumOf(bytes).toString(8).padStart(6, "0")}\0 `);
  return bytes;
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0);
}

/** Accepts the headers of `header` alone: no links, folders, long names or other kinds. */
function readHeader(path: string, head: Uint8Array) {
  const end = head.subarray(0, longestName + 1).indexOf(0);
  const name = Buffer.from(head.subarray(0, Math.max(0, end))).toString("latin1");
  const lengthBytes = Number.parseInt(Buffer.from(head.subarray(124, 135)).toString("latin1"), 8);
  const isName = /^[\x21-\x7e]+$/.test(name);
  if (!isName || !(lengthBytes <= largestEntryBytes)) throw malformed(path, "it is no export");
  if (Buffer.compare(head, header(name, lengthBytes)) !== 0)
    throw malformed(path, "it is no export, or it was changed");
  return { name, lengthBytes };
}

async function take(file: FileHandle, path: string, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  let filled = 0;
  while (filled < lengthBytes) {
    const { bytesRead } = await file.read(bytes, filled, lengthBytes - filled);
    if (bytesRead === 0) throw malformed(path, "it was cut off");
    filled += bytesRead;
  }
  return bytes;
}

function checkFirst(path: string, name: string, bytes: Uint8Array): void {
  const { format, version: seen } = objectIn(bytes);
  if (name !== firstName || format !== "troupe-state") throw malformed(path, "it is no export");
  if (seen !== version)
    throw malformed(
      path,
      `it is of version ${String(seen)}, this program knows version ${version}`,
    );
}

function checkEnd(
  path: string,
  bytes: Uint8Array,
  due: { readonly entries: number; readonly sha256: string },
): void {
  const { entries, sha256 } = objectIn(bytes);
  if (due.entries === 0 || entries !== due.entries || sha256 !== due.sha256)
    throw malformed(path, "it was changed: its digest does not match");
}

function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
