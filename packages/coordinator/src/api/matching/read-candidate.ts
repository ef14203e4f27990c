// Reads of files that may be files of a torrent: bounded parts, no link at the last step, no wait at a FIFO.

import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { codeOf, type Soon } from "@troupe/actor-runtime";
import { hexadecimal, sha1, startSha1 } from "@troupe/protocol/bytes";
import { digestPiece, startDigest, type RunningDigest } from "@troupe/protocol/piece-digest";
import type { Candidate, FileFacts } from "./candidates.ts";
import type { Probe } from "./file-proof.ts";

/** A multiple of the length of a block. */
const partBytes = 1024 * 1024;
/** First bytes of a candidate that are kept in memory while it is decided. */
const windowBytes = 8 * 1024 * 1024;
const zeros = new Uint8Array(64 * 1024);
/** Windows has neither of the last two. */
const flags =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** A range of bytes of a file. */
interface ByteRange {
  readonly fileOffset: number;
  readonly lengthBytes: number;
}

/** Whether two looks at a path have seen the same file with the same content; the change time also tells of new names. */
export function isSameContent(one: FileFacts, other: FileFacts): boolean {
  const isSameFile = one.dev === other.dev && one.ino === other.ino;
  return isSameFile && one.size === other.size && one.mtimeNs === other.mtimeNs;
}

/** @returns The open file; undefined if it is not the file that was found, or cannot be read. */
export async function openCandidate({ path, facts }: Candidate): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, flags);
    const found = await handle.stat({ bigint: true });
    if (found.isFile() && isSameContent(found, facts)) return handle;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
  await handle?.close();
  return undefined;
}

/** Digests probes of an open candidate. Its first bytes are read once, for the many probes of files of equal length. */
export class CandidateReader {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;
  /** From the first byte on; undefined: not read yet. */
  #window: Uint8Array | undefined;

  /** @param file Belongs to the caller. */
  constructor(file: FileHandle, signal?: AbortSignal) {
    this.#file = file;
    this.#signal = signal;
  }

  /**
   * A promise only where bytes must be read.
   *
   * @returns The digest of a probe in hexadecimal digits; undefined if the bytes cannot be read.
   */
  digest(probe: Probe): Soon<string | undefined> {
    const { fileOffset, lengthBytes, zerosBefore, zerosAfter } = probe;
    const end = fileOffset + lengthBytes;
    if (zerosBefore + zerosAfter > 0 || end > windowBytes)
      return digestProbe(this.#file, probe, this.#signal);
    if (this.#window !== undefined && end <= this.#window.length)
      return digestWindow(this.#window, probe);
    return this.#readTo(end).then((window) => window && digestWindow(window, probe));
  }

  async #readTo(end: number): Promise<Uint8Array | undefined> {
    const known = this.#window?.length ?? 0;
    const window = new Uint8Array(end);
    if (this.#window !== undefined) window.set(this.#window);
    let at = known;
    const update = (bytes: Uint8Array): void => {
      window.set(bytes, at);
      at += bytes.length;
    };
    const range = { fileOffset: known, lengthBytes: end - known };
    if (!(await feed({ update }, this.#file, range, this.#signal))) return undefined;
    return (this.#window = window);
  }
}

function digestWindow(window: Uint8Array, { fileOffset, lengthBytes, rule }: Probe): string {
  const bytes = window.subarray(fileOffset, fileOffset + lengthBytes);
  return hexadecimal(digestPiece(rule, bytes, lengthBytes, sha1));
}

/** @returns The digest of a probe in hexadecimal digits; undefined if the bytes cannot be read. */
async function digestProbe(
  file: FileHandle,
  probe: Probe,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { zerosBefore, zerosAfter, rule, lengthBytes } = probe;
  const digest = startDigest(rule, lengthBytes, startSha1);
  feedZeros(digest, zerosBefore);
  if (!(await feed(digest, file, probe, signal))) return undefined;
  feedZeros(digest, zerosAfter);
  return hexadecimal(digest.digest());
}

/** Digests padding. */
export function feedZeros(digest: Pick<RunningDigest, "update">, lengthBytes: number): void {
  for (let left = lengthBytes; left > 0; left -= zeros.length)
    digest.update(zeros.subarray(0, Math.min(left, zeros.length)));
}

/** Digests bytes of a file. @returns Whether all of them could be read. */
export async function feed(
  digest: Pick<RunningDigest, "update">,
  file: FileHandle,
  { fileOffset, lengthBytes }: ByteRange,
  signal?: AbortSignal,
): Promise<boolean> {
  const part = new Uint8Array(Math.min(partBytes, lengthBytes));
  try {
    for (let done = 0; done < lengthBytes; done += part.length) {
      signal?.throwIfAborted();
      const wanted = part.subarray(0, Math.min(part.length, lengthBytes - done));
      if (!(await fill(file, wanted, fileOffset + done))) return false;
      digest.update(wanted);
    }
    return true;
  } catch (error) {
    if (signal?.aborted === true || codeOf(error) === undefined) throw error;
    return false;
  }
}

async function fill(file: FileHandle, wanted: Uint8Array, position: number): Promise<boolean> {
  for (let done = 0; done < wanted.length;) {
    const { bytesRead } = await file.read(wanted, done, wanted.length - done, position + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}
