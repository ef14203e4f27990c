import type { Context } from "@troupe/actor-runtime";
import {
  FileStep,
  type FileProtocol,
  type StorageCompleted,
  type StorageRefusal,
  type TorrentId,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { isRefusal } from "../refusals.ts";
import type { JobJournals } from "../state/job-journals.ts";
import type { OpenTorrent, Storage } from "../storage.ts";
import type { RunWrite } from "../store/piece-store.ts";

/**
 * Bytes per turn, so that a read waits 1 to 2 ms at most, from the page cache's point of view; calls this large cost
 * half the CPU of small calls.
 */
const turnBytes = 4 * 1024 * 1024;
/** Files per turn, for very small files. */
const turnWrites = 64;
/** Per turn on a slow disk. */
const turnMs = 4;
/** A piece that is refused has a notice of its own. */
const maxRunPieces = 64;
/** A further piece is refused with `queue-full`. Extents are the tighter bound. */
const maxQueuedPieces = 16_384;
/** More than a torrent has pieces, so that torrents are never neighbours. */
const keysPerTorrent = 2 ** 22;

/** Gives files their names when all their pieces are written. */
type FinishFiles = (storage: Storage, pieces: readonly PieceIndex[]) => StorageCompleted;

interface WaitingPiece {
  readonly storage: OpenTorrent;
  readonly piece: PieceIndex;
  /** In a worker's extent. Only read, and not after the notice. */
  readonly bytes: Uint8Array;
}

/** Neighbouring pieces that are being written. */
interface Run {
  readonly storage: OpenTorrent;
  readonly pieces: readonly PieceIndex[];
  readonly write: RunWrite;
  /** The late answer of the store, until a turn takes it. */
  answer: number | StorageRefusal | undefined;
}

/** Pieces that may not be written yet, or wait for a late answer of their store. */
interface HeldStorage {
  readonly run: Run;
  /** By torrent and piece, in order of arrival. */
  readonly waiting: Map<number, WaitingPiece>;
}

/** Queues the verified pieces of all torrents: in order of arrival, neighbours together, bounded per turn. */
export class WriteQueue {
  readonly #context: Context<FileProtocol>;
  readonly #journals: JobJournals;
  readonly #finish: FinishFiles;
  /** In order of arrival. */
  readonly #waiting = new Map<number, WaitingPiece>();
  /** Waiting or being written. */
  readonly #counts = new Map<TorrentId, number>();
  readonly #drained = new Map<TorrentId, PromiseWithResolvers<void>>();
  /** Storages that may not be written to now; they delay no other. */
  readonly #held = new Map<Storage, HeldStorage>();
  #released = Promise.withResolvers<void>();
  #run: Run | undefined;
  #resumed: Run[] = [];
  /** Includes pieces of held storages. */
  #size = 0;
  #isScheduled = false;

  /** @param finish Default: files have their names. */
  constructor(
    context: Context<FileProtocol>,
    journals: JobJournals,
    finish: FinishFiles = () => ({}),
  ) {
    this.#context = context;
    this.#journals = journals;
    this.#finish = finish;
  }

  /**
   * Queues a piece; `pieces-written` or `piece-not-written` follows in a later turn. A repeated piece replaces the
   * waiting one, with a single notice.
   *
   * @param bytes The whole piece; unchanged until the notice.
   */
  add(storage: OpenTorrent, piece: PieceIndex, bytes: Uint8Array): void {
    const key = storage.torrent * keysPerTorrent + piece;
    const waiting = this.#held.get(storage)?.waiting ?? this.#waiting;
    const isNew = !waiting.has(key);
    if (isNew && this.#size >= maxQueuedPieces) {
      this.#refuse(storage.torrent, piece, {
        refused: "queue-full",
        message: `cannot queue piece ${piece}: ${maxQueuedPieces} pieces wait for the disk already`,
      });
      return;
    }
    if (isNew) {
      this.#counts.set(storage.torrent, (this.#counts.get(storage.torrent) ?? 0) + 1);
      this.#size += 1;
    }
    waiting.set(key, { storage, piece, bytes });
    storage.store.expect(piece);
    this.#schedule();
  }

  /** Resolves when no piece of this torrent waits. */
  drained(torrent: TorrentId): Promise<void> {
    if (!this.#counts.has(torrent)) return Promise.resolve();
    const drained = this.#drained.get(torrent) ?? Promise.withResolvers<void>();
    this.#drained.set(torrent, drained);
    return drained.promise;
  }

  /** Writes everything except held storages in this turn, at the end of the actor. */
  async writeAll(): Promise<void> {
    for (;;) {
      while (this.#hasWork) this.#turn(maxRunPieces);
      if (this.#held.size === 0) return;
      await this.#released.promise;
    }
  }

  /**
   * Finishes begun runs in this turn: 4 MiB, or a single piece each.
   *
   * @returns False, with nothing done, when the storage may not be written to now.
   */
  finishRun(storage: Storage): boolean {
    if (!this.#journals.mayWrite(storage)) return false;
    this.#release(storage);
    for (const run of this.#resumed.filter((resumed) => resumed.storage === storage)) {
      while (this.#resumed.includes(run)) this.#advance(run, turnBytes);
    }
    while (this.#run?.storage === storage) this.#advance(this.#run, turnBytes);
    return !this.#held.has(storage);
  }

  get #hasWork(): boolean {
    return this.#run !== undefined || this.#resumed.length > 0 || this.#waiting.size > 0;
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#hasWork) return;
    this.#isScheduled = true;
    this.#context.timers.soon(() => this.#runScheduled());
  }

  /** Without room for its notice a piece is not written. */
  #runScheduled(): void {
    this.#isScheduled = false;
    const room = this.#context.noticeCredits;
    if (room > 0) {
      this.#turn(Math.min(maxRunPieces, room));
      this.#schedule();
      return;
    }
    this.#isScheduled = true;
    this.#context.whenNoticeRoom(() => {
      this.#isScheduled = false;
      this.#schedule();
    });
  }

  #turn(maxPieces: number): void {
    let leftBytes = turnBytes;
    let leftPieces = maxPieces;
    const { clock } = this.#context;
    const endMs = clock.nowMs() + turnMs;
    for (let writes = 0; writes < turnWrites && leftBytes > 0; writes += 1) {
      if (writes > 0 && clock.nowMs() >= endMs) return;
      if (this.#run === undefined) {
        if (leftPieces <= 0) return;
        this.#run = this.#resumed.shift() ?? this.#takeRun(leftBytes, leftPieces);
        leftPieces -= this.#run?.pieces.length ?? 0;
      }
      if (this.#run === undefined) return;
      leftBytes -= this.#advance(this.#run, leftBytes);
    }
  }

  /** @returns Bytes written. */
  #advance(run: Run, budgetBytes: number): number {
    if (!this.#journals.mayWrite(run.storage)) {
      this.#hold(run, this.#journals.openForWriting(run.storage));
      return 0;
    }
    const done = this.#answerOf(run, budgetBytes);
    if (done instanceof Promise) {
      const answered = done.then((answer) => void (run.answer = answer));
      this.#hold(run, answered);
      return 0;
    }
    if (isRefusal(done)) this.#endRun(run, done);
    else if (run.write.isDone) this.#endRun(run, undefined);
    return isRefusal(done) ? 0 : done;
  }

  #answerOf(run: Run, budgetBytes: number): ReturnType<RunWrite["advance"]> {
    const { answer } = run;
    run.answer = undefined;
    if (answer !== undefined) return answer;
    const { breadcrumb } = this.#context;
    breadcrumb[1] = run.storage.torrent;
    breadcrumb[0] = FileStep.write;
    const done = run.write.advance(budgetBytes);
    breadcrumb.fill(0);
    return done;
  }

  /** Nothing of its storage is written before `ready`. */
  #hold(run: Run, ready: Promise<void>): void {
    const { storage } = run;
    this.#removeRun(run);
    const waiting = new Map<number, WaitingPiece>();
    for (const [key, piece] of this.#waiting) {
      if (piece.storage !== storage) continue;
      waiting.set(key, piece);
      this.#waiting.delete(key);
    }
    this.#held.set(storage, { run, waiting });
    ready.then(
      () => this.#release(storage),
      (error: unknown) => this.#context.fail(error),
    );
  }

  #release(storage: Storage): void {
    const held = this.#held.get(storage);
    if (held === undefined) return;
    this.#held.delete(storage);
    this.#resumed.push(held.run);
    for (const [key, piece] of held.waiting) this.#waiting.set(key, piece);
    this.#schedule();
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  #removeRun(run: Run): void {
    if (this.#run === run) this.#run = undefined;
    else this.#resumed = this.#resumed.filter((other) => other !== run);
  }

  /** The oldest piece and its neighbours that fit, at least a single piece. */
  #takeRun(maxBytes: number, maxPieces: number): Run | undefined {
    for (const [key, oldest] of this.#waiting) {
      const pieces: WaitingPiece[] = [oldest];
      let bytes = oldest.bytes.byteLength;
      let low = key;
      let high = key;
      const takeBeside = (besideKey: number): boolean => {
        const beside = this.#waiting.get(besideKey);
        if (beside === undefined || pieces.length >= maxPieces) return false;
        if (bytes + beside.bytes.byteLength > maxBytes) return false;
        bytes += beside.bytes.byteLength;
        if (besideKey > key) pieces.push(beside);
        else pieces.unshift(beside);
        return true;
      };
      while (takeBeside(low - 1)) low -= 1;
      while (takeBeside(high + 1)) high += 1;
      for (let taken = low; taken <= high; taken += 1) this.#waiting.delete(taken);
      this.#size -= pieces.length;
      return beginRun(oldest.storage, pieces);
    }
    return undefined;
  }

  /** Shared by all pieces: a failed call does not report which bytes arrived. */
  #endRun(run: Run, refusal: StorageRefusal | undefined): void {
    const { storage, pieces, write } = run;
    this.#removeRun(run);
    const { torrent } = storage;
    if (refusal === undefined) {
      this.#journals.piecesWritten(storage, pieces, write.isSpoilt);
      const names = this.#finish(storage, pieces);
      this.#context.emit("pieces-written", { torrent, pieces, ...names });
    } else for (const piece of pieces) this.#refuse(torrent, piece, refusal);
    const left = (this.#counts.get(torrent) ?? 0) - pieces.length;
    if (left > 0) {
      this.#counts.set(torrent, left);
      return;
    }
    this.#counts.delete(torrent);
    this.#drained.get(torrent)?.resolve();
    this.#drained.delete(torrent);
  }

  #refuse(torrent: TorrentId, piece: PieceIndex, refusal: StorageRefusal): void {
    this.#context.emit("piece-not-written", { torrent, piece, ...refusal });
  }
}

function beginRun(storage: OpenTorrent, waiting: readonly WaitingPiece[]): Run {
  const pieces = waiting.map(({ piece }) => piece);
  const views = waiting.map(({ bytes }) => bytes);
  const [first] = pieces;
  if (first === undefined) throw new Error("bug: a run without a piece");
  return { storage, pieces, write: storage.store.beginRun(first, views), answer: undefined };
}
