// Reads a file of a torrent on the user's thread: asks the engine for the next bytes, and copies them out of its memory.

import { pause } from "@troupe/actor-runtime";
import { abortable, isGone } from "@troupe/api-base";
import { outOfRange, TroupeError, within } from "@troupe/control";
import type { CallRefusal, FileBytes, FilledBytes } from "@troupe/messages";
import { quarantinedError } from "../life/quarantined-torrent.ts";
import { refuseUnknown } from "../metadata-arrival.ts";
import { refusalError } from "../refusal-error.ts";
import type { TorrentProxy } from "../torrent-proxy.ts";

/** The part of a file to read, and its end before that. */
export interface ReadOptions {
  /** The first byte of the file. Default 0. */
  readonly start?: number;
  /** The byte after the last one. Default: the length of the file. */
  readonly end?: number;
  /** Ends the reading with its reason. */
  readonly signal?: AbortSignal;
}

/** The members of a `Readable` of Node that need no types of Node; it has all others too. */
export interface FileReadStream extends AsyncIterable<Uint8Array> {
  readonly destroyed: boolean;
  pipe<Destination extends object>(
    destination: Destination,
    options?: { readonly end?: boolean },
  ): Destination;
  on(event: "close" | "end", listener: () => void): this;
  on(event: "data", listener: (bytes: Uint8Array) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  /** Ends the reading. */
  destroy(error?: Error): this;
}

/** The engine answers within milliseconds; the rest is for a busy engine. */
const readDeadline = { deadlineMs: 30_000 };
/** A reader without a byte asks again after so long: the engine reports a stall then. */
const askAgainMs = 5_000;
/** A torrent that is to run is about to start in the engine. */
const startAfterMs = 50;

type ReadTorrent = Pick<
  TorrentProxy,
  | "fault"
  | "figures"
  | "id"
  | "info"
  | "isQuarantined"
  | "isStarted"
  | "promises"
  | "readers"
  | "services"
>;

type Result<Bytes> = IteratorResult<Bytes, undefined>;
const stopped = "torrent-stopped";
const atEnd = { done: true, value: undefined } as const;

/** @throws TroupeError `metadata-unknown`, `option-out-of-range`, `quarantined` */
export function readFileBytes(
  torrent: ReadTorrent,
  file: number,
  options: ReadOptions,
): AsyncIterableIterator<Uint8Array<ArrayBuffer>, undefined> {
  return new FileBytesReader(torrent, partOf(torrent, file, options), { take: copied });
}

/**
 * Reads a file without a copy: each value is a view of the reader's memory, which holds until the call of `next` after the
 * following one. The bytes of a torrent at rest are read from the disk.
 *
 * @throws TroupeError `metadata-unknown`, `option-out-of-range`, `quarantined`
 */
export function readSharedBytes(
  torrent: ReadTorrent,
  file: number,
  options: ReadOptions,
): AsyncIterableIterator<Uint8Array<SharedArrayBuffer>, undefined> {
  const way = { take: viewed, atRest: true, isAhead: true } as const;
  return new FileBytesReader(torrent, partOf(torrent, file, options), way);
}

function partOf(torrent: ReadTorrent, file: number, { start = 0, end, signal }: ReadOptions): Part {
  if (torrent.isQuarantined) throw quarantinedError(torrent.info.name);
  refuseUnknown(torrent.info, "read a file of");
  const { fileCount } = torrent.figures;
  const { lengthBytes = 0, isPadding = false } =
    torrent.figures.fileAt(within("file", file, 0, fileCount - 1)) ?? {};
  if (isPadding) throw outOfRange("file", "a padding file", "a file that is on the disk");
  const last = within("end", end ?? lengthBytes, 0, lengthBytes);
  return { file, start: within("start", start, 0, last), end: last, signal };
}

/** A part of a file. */
interface Part {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** How a reader gives bytes. */
interface ReadingWay<Bytes> {
  readonly take: (answer: FilledBytes) => Bytes;
  /** A torrent at rest is read from the disk. */
  readonly atRest?: true;
  /** A value is still in use while the next is read. */
  readonly isAhead?: true;
}

/** The bytes of a file in order, 1 MiB a value at most, 4 MiB where a fast program reads ahead. */
class FileBytesReader<Bytes extends Uint8Array> implements AsyncIterableIterator<Bytes, undefined> {
  readonly #torrent: ReadTorrent;
  readonly #part: Part;
  readonly #way: ReadingWay<Bytes>;
  readonly #number: number;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  /** The next byte. */
  #place: number;
  /** The reads before, one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(torrent: ReadTorrent, part: Part, way: ReadingWay<Bytes>) {
    const { signal } = this.#ended;
    this.#way = way;
    this.#torrent = torrent;
    this.#part = part;
    this.#place = part.start;
    this.#number = torrent.readers.begun++;
    this.#signal = part.signal === undefined ? signal : AbortSignal.any([part.signal, signal]);
  }

  /** @throws TroupeError `torrent-stopped`, the code of the torrent's error; the reason of the signal. */
  async next(): Promise<Result<Bytes>> {
    const read = this.#last.then(async () => await this.#next());
    this.#last = read.catch(() => undefined);
    return await read;
  }

  /** Ends the reading, and a `next` that waits: the engine no longer wants the range for it. */
  return(): Promise<Result<Bytes>> {
    this.#end();
    return Promise.resolve(atEnd);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #next(): Promise<Result<Bytes>> {
    try {
      while (this.#place < this.#part.end && !this.#ended.signal.aborted) {
        // oxlint-disable-next-line no-await-in-loop
        const value = await abortable(this.#signal, async () => await this.#read());
        if (value === undefined) continue;
        this.#place += value.byteLength;
        if (this.#place === this.#part.end) this.#end();
        return { done: false, value };
      }
    } catch (error) {
      const isReturned = this.#ended.signal.aborted;
      this.#end();
      if (!isReturned) throw error;
    }
    this.#end();
    return atEnd;
  }

  #end(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    const { id: torrent, services } = this.#torrent;
    services.engine.cast("end-reader", { torrent, reader: this.#number });
    services.engine.sendNow();
  }

  /** @returns Undefined if no byte is there yet, after a wait. @throws TroupeError */
  async #read(): Promise<Bytes | undefined> {
    const { readers, services } = this.#torrent;
    // It may be woken before it has the answer.
    const wait = readers.begin(this.#number, services.timers, askAgainMs);
    try {
      const answer = await this.#ask();
      if ("refused" in answer) await this.#refused(answer);
      else if (answer.memory !== undefined) return this.#way.take(answer);
      else await wait.woken;
    } finally {
      wait.cancel();
    }
    return undefined;
  }

  async #ask(): Promise<FileBytes | CallRefusal> {
    const { file, end } = this.#part;
    const { services } = this.#torrent;
    try {
      return await services.untilAnswered(async () => {
        const { id: torrent } = this.#torrent;
        const { atRest, isAhead } = this.#way;
        const read = {
          ...{ torrent, reader: this.#number, file, start: this.#place, end },
          ...(atRest && { atRest }),
          ...(isAhead && { isAhead }),
        };
        return await services.engine.call("read-file", read, readDeadline);
      });
    } catch (error) {
      // No engine follows the one that is gone: the coordinator closes.
      if (this.#torrent.promises.areOver || isGone(error)) throw this.#stopped();
      throw error;
    }
  }

  /** @throws TroupeError, unless the torrent is about to start. */
  async #refused(refusal: CallRefusal): Promise<void> {
    if (refusal.refused !== "no-torrent" && refusal.refused !== stopped)
      throw refusalError(refusal);
    const { fault, isStarted, promises, services } = this.#torrent;
    if (fault !== undefined) throw new TroupeError(fault.code, fault.message);
    // A new engine may not have the torrent yet.
    const isComing = this.#way.atRest === true && refusal.refused === "no-torrent";
    if ((!isStarted && !isComing) || promises.areOver)
      throw this.#stopped(isComing ? undefined : refusal.message);
    await pause(services.timers, startAfterMs);
  }

  #stopped(
    message = `cannot read a file of ${this.#torrent.info.name}: it is stopped`,
  ): TroupeError {
    return new TroupeError(stopped, message);
  }
}

/** The caller's own. */
function copied(answer: FilledBytes): Uint8Array<ArrayBuffer> {
  return new Uint8Array(viewed(answer));
}

function viewed({ lengthBytes, memory, offset }: FilledBytes): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(memory, offset, lengthBytes);
}
