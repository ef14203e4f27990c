// Reads a file of a torrent on the user's thread: asks the engine for the next bytes, and copies them out of its memory.

import { pause } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import { outOfRange, TroupeError, within } from "@troupe/control";
import type { FileBytes } from "@troupe/messages";
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

/** Longer than the engine waits for bytes; the rest is for a busy engine. */
const readDeadline = { deadlineMs: 90_000 };
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
  | "readersBegun"
  | "services"
>;

type Result = IteratorResult<Uint8Array<ArrayBuffer>, undefined>;
const stopped = "torrent-stopped";
const atEnd: Result = { done: true, value: undefined };

/** @throws TroupeError `metadata-unknown`, `option-out-of-range`, `quarantined` */
export function readFileBytes(
  torrent: ReadTorrent,
  file: number,
  { start = 0, end, signal }: ReadOptions,
): AsyncIterableIterator<Uint8Array<ArrayBuffer>, undefined> {
  if (torrent.isQuarantined) throw quarantinedError(torrent.info.name);
  refuseUnknown(torrent.info, "read a file of");
  const { fileCount } = torrent.figures;
  const { lengthBytes = 0, isPadding = false } =
    torrent.figures.fileAt(within("file", file, 0, fileCount - 1)) ?? {};
  if (isPadding) throw outOfRange("file", "a padding file", "a file that is on the disk");
  const last = within("end", end ?? lengthBytes, 0, lengthBytes);
  return new FileBytesReader(torrent, {
    file,
    start: within("start", start, 0, last),
    end: last,
    signal,
  });
}

/** What to read. */
interface Part {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal | undefined;
}

/** The bytes of a file in order. Each value is a copy of 1 MiB at most, and the caller's own. */
class FileBytesReader implements AsyncIterableIterator<Uint8Array<ArrayBuffer>, undefined> {
  readonly #torrent: ReadTorrent;
  readonly #part: Part;
  readonly #number: number;
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  /** The next byte. */
  #place: number;
  /** The reads before, one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(torrent: ReadTorrent, part: Part) {
    const { signal } = this.#ended;
    this.#torrent = torrent;
    this.#part = part;
    this.#place = part.start;
    this.#number = torrent.readersBegun++;
    this.#signal = part.signal === undefined ? signal : AbortSignal.any([part.signal, signal]);
  }

  /** @throws TroupeError `torrent-stopped`, the code of the torrent's error; the reason of the signal. */
  async next(): Promise<Result> {
    const read = this.#last.then(async () => await this.#next());
    this.#last = read.catch(() => undefined);
    return await read;
  }

  /** Ends the reading, and a `next` that waits: the engine no longer wants the range for it. */
  return(): Promise<Result> {
    this.#end();
    return Promise.resolve(atEnd);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #next(): Promise<Result> {
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

  /** @returns Undefined if no byte has come yet. @throws TroupeError */
  async #read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { file, end } = this.#part;
    const { services } = this.#torrent;
    const answer = await services.untilAnswered(async () => {
      const { id: torrent } = this.#torrent;
      const read = { torrent, reader: this.#number, file, start: this.#place, end };
      return await services.engine.call("read-file", read, readDeadline);
    });
    if (!("refused" in answer)) return copied(answer);
    if (answer.refused !== "no-torrent" && answer.refused !== stopped) throw refusalError(answer);
    const { fault, info, isStarted, promises } = this.#torrent;
    if (fault !== undefined) throw new TroupeError(fault.code, fault.message);
    if (!isStarted || promises.areOver)
      throw new TroupeError(stopped, `cannot read a file of ${info.name}: it is stopped`);
    await pause(services.timers, startAfterMs);
    return undefined;
  }
}

function copied({ lengthBytes, memory }: FileBytes): Uint8Array<ArrayBuffer> | undefined {
  return memory && new Uint8Array(new Uint8Array(memory, 0, lengthBytes));
}
