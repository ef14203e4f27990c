// A reader in the engine: its range of a file, its place, and the memory that the file-worker fills.

import type { Timers } from "@troupe/actor-runtime";
import type { CallRefusal, FileBytes, FileRead, TorrentId } from "@troupe/messages";
import type { Slab } from "../../engine/base/slabs.ts";
import type { PieceRange } from "../../file-priorities.ts";
import type { DuePiece } from "../pieces/orders/deadlines.ts";
import { ReadingPace } from "./reading-pace.ts";

/** The state of a reader. No read is under way but in `filling`. */
type ReaderState =
  /** No byte at its place is in memory. `sinceMs`: it has been missing since then; undefined: no read has looked for it. */
  | {
      readonly state: "waiting";
      readonly sinceMs: number | undefined;
      readonly isStallReported: boolean;
    }
  /** The file-worker reads. */
  | { readonly state: "filling" }
  | { readonly state: "filled"; readonly lengthBytes: number; readonly atMs: number }
  | { readonly state: "failed"; readonly refusal: CallRefusal }
  | { readonly state: "ended" };

/** The files of a torrent at rest, opened for one reader. */
export interface RestFiles {
  /** Their number at the file-worker; no torrent has it. */
  readonly id: TorrentId;
  /** The folder of the torrent when they were opened. */
  readonly directory: string;
  /** The pieces that the record vouches for, in wire order; or why there are none. */
  readonly had: Promise<Uint8Array | CallRefusal>;
  close(): void;
}

/** The fixed facts of a reader; positions are in the torrent. */
interface ReaderFacts {
  /** Index. */
  readonly file: number;
  /** Position of the file. */
  readonly fileStart: number;
  /** Position behind its last byte. */
  readonly end: number;
  /** From its first byte to its last. */
  readonly pieces: PieceRange;
  /** The last piece of its file; undefined for a reader that does not begin at the start of the file. */
  readonly lastPiece: number | undefined;
  readonly slab: Slab;
  /** Bytes of each part of the slab, which reads fill in turns. */
  readonly partBytes: number;
  /** Reads a torrent at rest too. */
  readonly readsAtRest: boolean;
}

/** Most bytes of a usual read. */
export const usualReadBytes: number = 2 ** 20;
/** A program that takes a read in less time gets a whole part with the next: messages cost it more than bytes. */
const fastReadMs = 10;

const waiting = { state: "waiting", sinceMs: undefined, isStallReported: false } as const;

/** Reads a range of a file in order. */
export class FileReader {
  readonly facts: ReaderFacts;
  readonly pace: ReadingPace;
  /** The pieces that it needs next, as at the last look. */
  due: readonly DuePiece[] = [];
  /** Reads that the file-worker has refused in a row. */
  refusals = 0;
  #place: number;
  /** Offset of the part that is filled, or is next. */
  #offset = 0;
  #movedAtMs: number;
  #isFast = false;
  #state: ReaderState = waiting;
  #restFiles: RestFiles | undefined;
  readonly #waiting = new Set<() => void>();
  readonly #tellReady: () => void;
  /** The program waits to be told that it may read again. */
  #isAwaited = false;

  /**
   * @param place Position of its first byte.
   * @param tellReady Tells the program that it may read again.
   */
  constructor(facts: ReaderFacts, place: number, nowMs: number, tellReady: () => void) {
    this.facts = facts;
    this.#place = place;
    this.#movedAtMs = nowMs;
    this.#tellReady = tellReady;
    this.pace = new ReadingPace(nowMs);
  }

  /** Position of the next byte. */
  get place(): number {
    return this.#place;
  }

  get state(): ReaderState {
    return this.#state;
  }

  /** Bytes of the next read, at most. */
  get mostBytes(): number {
    const { partBytes } = this.facts;
    return this.#isFast ? partBytes : Math.min(usualReadBytes, partBytes);
  }

  /** The program has taken the bytes before `start` of the file; one that reads ahead takes the last of them now. */
  moveTo({ start }: Pick<FileRead, "start">, nowMs: number): void {
    const place = this.facts.fileStart + start;
    if (place === this.#place) return;
    this.#isFast = nowMs - this.#movedAtMs < fastReadMs;
    this.#movedAtMs = nowMs;
    this.pace.read(Math.max(0, place - this.#place));
    this.#place = place;
    if (this.#state.state !== "filled") return;
    this.#state = waiting;
    // Bytes that a program took may be in use until it asks again.
    const { partBytes, slab } = this.facts;
    this.#offset = (this.#offset + partBytes) % slab.memory.byteLength;
  }

  /** The byte that the program probably needs next: it works on those of the last read. */
  neededAt(nowMs: number): number {
    if (this.#state.state !== "filled") return this.#place;
    const { atMs, lengthBytes } = this.#state;
    const workedOn = ((nowMs - atMs) * this.pace.bytesPerSecond) / 1_000;
    return this.#place + Math.floor(Math.min(lengthBytes, workedOn));
  }

  /** The byte at its place is missing. */
  waitFrom(nowMs: number): void {
    this.pace.waited();
    if (this.#state.state !== "waiting" || this.#state.sinceMs !== undefined) return;
    this.#state = { ...this.#state, sinceMs: nowMs };
  }

  /** @returns The time it has waited, once it is as long as a stall: each is reported once. */
  takeStall(nowMs: number, stallMs: number): number | undefined {
    if (this.#state.state !== "waiting" || this.#state.isStallReported) return undefined;
    const waitedMs = nowMs - (this.#state.sinceMs ?? nowMs);
    if (waitedMs < stallMs) return undefined;
    this.#state = { ...this.#state, isStallReported: true };
    return waitedMs;
  }

  /** The file-worker reads. @returns Where it puts the bytes in the slab. */
  fill(): number {
    this.#state = { state: "filling" };
    return this.#offset;
  }

  /** The file-worker has answered; without bytes the reader waits. An ended reader stays so. */
  filled(lengthBytes: number, atMs: number): void {
    if (this.#state.state !== "filling") return;
    this.#state = lengthBytes > 0 ? { state: "filled", lengthBytes, atMs } : waiting;
    this.wake();
  }

  fail(refusal: CallRefusal): void {
    if (this.#state.state !== "filling") return;
    this.#state = { state: "failed", refusal };
    this.wake();
  }

  end(): void {
    this.closeRestFiles();
    this.#state = { state: "ended" };
    this.wake();
  }

  /** @returns The reply to the program; undefined while it waits. */
  get answer(): FileBytes | CallRefusal | undefined {
    if (this.#state.state === "failed") return this.#state.refusal;
    if (this.#state.state !== "filled") return undefined;
    const { lengthBytes } = this.#state;
    return { lengthBytes, memory: this.facts.slab.memory, offset: this.#offset };
  }

  /** The files of its torrent at rest, which are opened at the first use. @param open Opens them. */
  restFiles(open: () => RestFiles): RestFiles {
    return (this.#restFiles ??= open());
  }

  /** Its torrent runs, its files have changed, or the reader ends. */
  closeRestFiles(): void {
    this.#restFiles?.close();
    this.#restFiles = undefined;
  }

  /** Resolves at the next {@link wake}, or after `ms`. */
  async change(timers: Pick<Timers, "after">, ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = timers.after(ms, resolve);
    await promise;
    timer.cancel();
    this.#waiting.delete(resolve);
  }

  /** The program got no byte. It gets one message when something has changed. */
  await(): void {
    this.#isAwaited = true;
  }

  /** A piece, the torrent or the memory has changed. */
  wake(): void {
    for (const resolve of this.#waiting) resolve();
    if (!this.#isAwaited) return;
    this.#isAwaited = false;
    this.#tellReady();
  }
}
