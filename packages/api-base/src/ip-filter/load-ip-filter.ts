// Reads a list of addresses in slices of a few milliseconds, because the caller's event loop, which with the host `inline` is
// that of the engine too, must go on.

import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { codeOf, nodePorts, systemError, systemSentence } from "@troupe/actor-runtime";
import { spellBytes } from "@troupe/protocol/text";
import { TroupeError } from "@troupe/control";
import { readAtOnce } from "../files/bounded-read.ts";
import { FilterP2b } from "./filter-p2b.ts";
import { FilterRanges } from "./filter-ranges.ts";
import { FilterText } from "./filter-text.ts";
import { WorkSlices } from "./work-slices.ts";

/** Bytes of a list, inflated. */
export const filterLimitBytes = 256 << 20;
const chunkBytes = 64 << 10;
/** Bytes of a step: less than a millisecond of most lines. */
const stepBytes = 4 << 10;
const headBytes = 8;
const gzipMagic = Buffer.from([0x1f, 0x8b]);
const zipMagic = Buffer.from("PK\u0003\u0004");

/** A list of addresses. */
export interface LoadedIpFilter {
  /** `AddressRanges` of `@troupe/messages`. */
  readonly memory: SharedArrayBuffer;
  /** Lines that were not understood. */
  readonly skippedLines: number;
  /** Counted from 1. */
  readonly firstSkippedLine?: number;
}

/**
 * @param path Path of a p2p, P2B or ipfilter.dat file, or of a list of addresses, ranges and CIDR prefixes; each may be
 *   compressed by gzip.
 * @throws TroupeError `ip-filter-unreadable`, `ip-filter-too-large`, `ip-filter-malformed`; the reason of `signal`.
 */
export async function loadIpFilter(path: string, signal?: AbortSignal): Promise<LoadedIpFilter> {
  try {
    await using file = await open(path, readAtOnce);
    const stat = await file.stat();
    if (!stat.isFile()) throw systemError("EFTYPE", "it is not a file");
    if (stat.size > filterLimitBytes) throw tooLarge();
    const { buffer: head } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const chunks = { start: 0, highWaterMark: chunkBytes, autoClose: false };
    return await readList(head, () => file.createReadStream(chunks), signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw loadError(path, cause);
  }
}

/**
 * Reads a list that is in memory, as {@link loadIpFilter} does.
 *
 * @param source The origin of the bytes, for errors.
 */
export async function loadIpFilterBytes(
  bytes: Uint8Array,
  source: string,
  signal?: AbortSignal,
): Promise<LoadedIpFilter> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return await readList(view.subarray(0, headBytes), () => chunksOf(view), signal);
  } catch (cause) {
    signal?.throwIfAborted();
    throw loadError(source, cause);
  }
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function readList(
  head: Buffer,
  chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>,
  signal: AbortSignal | undefined,
): Promise<LoadedIpFilter> {
  if (startsWith(head, zipMagic)) throw isArchive();
  const bytes = chunks();
  const slices = new WorkSlices(nodePorts().clock, signal);
  const list = new FilterList(slices);
  const read = (chunks: AsyncIterable<Buffer>): Promise<void> => list.read(chunks);
  const options = signal === undefined ? {} : { signal };
  if (startsWith(head, gzipMagic)) await pipeline(bytes, gunzip(), read, options);
  else await pipeline(bytes, read, options);
  return await list.pack();
}

/** A list that is being read. */
class FilterList {
  readonly #slices: WorkSlices;
  readonly #ranges = new FilterRanges();
  #reader: FilterText | FilterP2b | undefined;

  constructor(slices: WorkSlices) {
    this.#slices = slices;
  }

  async read(chunks: AsyncIterable<Buffer>): Promise<void> {
    let seenBytes = 0;
    for await (const chunk of chunks) {
      seenBytes += chunk.length;
      if (seenBytes > filterLimitBytes) throw tooLarge();
      this.#reader ??= new (FilterP2b.isP2b(chunk) ? FilterP2b : FilterText)(this.#ranges);
      for (let at = 0; at < chunk.length; at += stepBytes) {
        this.#reader.push(chunk.subarray(at, at + stepBytes));
        await this.#slices.rest();
      }
    }
    this.#reader?.end();
  }

  async pack(): Promise<LoadedIpFilter> {
    const { skipped: skippedLines = 0, firstSkipped: firstSkippedLine } = this.#reader ?? {};
    if (this.#ranges.count === 0) throw isEmpty();
    const memory = await this.#slices.run(this.#ranges.pack());
    return { memory, skippedLines, ...(firstSkippedLine !== undefined && { firstSkippedLine }) };
  }
}

function startsWith(head: Buffer, magic: Buffer): boolean {
  return head.subarray(0, magic.length).equals(magic);
}

function gunzip() {
  // Few lists need it, and an `import` of a joined script would print a warning of Node.
  const { createGunzip } = process.getBuiltinModule("node:zlib");
  return createGunzip({ chunkSize: chunkBytes });
}

function tooLarge(): TroupeError {
  const message = `it has more than ${spellBytes(filterLimitBytes)}, the most allowed`;
  return new TroupeError("ip-filter-too-large", message);
}

function isArchive(): TroupeError {
  const message = "it is a ZIP archive: unpack it, and give the list in it";
  return new TroupeError("ip-filter-malformed", message);
}

function isEmpty(): TroupeError {
  const message =
    "it has no range; its lines may be p2p, ipfilter.dat, addresses, ranges and CIDR prefixes";
  return new TroupeError("ip-filter-malformed", message);
}

/** The sentences of all causes begin with the same words. */
function loadError(path: string, cause: unknown): TroupeError {
  const subject = `cannot use the IP filter ${path}`;
  if (cause instanceof TroupeError) {
    return new TroupeError(cause.code, `${subject}: ${cause.message}`, { cause });
  }
  const isDamaged = codeOf(cause)?.startsWith("Z_") === true;
  const problem = isDamaged ? "it is not a whole gzip file" : systemSentence(cause);
  return new TroupeError("ip-filter-unreadable", `${subject}: ${problem}`, { cause });
}
