import type { Context, Disk } from "@troupe/actor-runtime";
import { FileStep, type FileProtocol, type StorageRefusal, type TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { isRefusal } from "../refusals.ts";
import type { FileState } from "../storage-lifecycle.ts";
import type { Storage } from "../storage.ts";
import { WriteRun, type QueuedPiece } from "./write-run.ts";

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

interface WaitingPiece extends QueuedPiece {
  readonly storage: Storage;
}

/** Pieces that may not be written yet. */
interface HeldStorage {
  run: WriteRun | undefined;
  /** By torrent and piece, in order of arrival. */
  readonly waiting: Map<number, WaitingPiece>;
}

type Services = Pick<FileState, "files" | "filesAhead" | "journals">;

/** Queues the verified pieces of all torrents: in order of arrival, neighbours together, bounded per turn. */
export class WriteQueue {
  readonly #context: Context<FileProtocol>;
  readonly #disk: Disk;
  readonly #services: Services;
  /** In order of arrival. */
  readonly #waiting = new Map<number, WaitingPiece>();
  /** Waiting or being written. */
  readonly #counts = new Map<TorrentId, number>();
  readonly #drained = new Map<TorrentId, PromiseWithResolvers<void>>();
  /** Storages that may not be written to yet; they delay no other. */
  readonly #held = new Map<Storage, HeldStorage>();
  #released = Promise.withResolvers<void>();
  #run: WriteRun | undefined;
  #resumed: WriteRun[] = [];
  /** Includes pieces of held storages. */
  #size = 0;
  #isScheduled = false;

  constructor(context: Context<FileProtocol>, disk: Disk, services: Services) {
    this.#context = context;
    this.#disk = disk;
    this.#services = services;
  }

  /**
   * Queues a piece; `pieces-written` or `piece-not-written` follows in a later turn. The same piece again replaces a
   * waiting piece, with a single notice.
   *
   * @param bytes The whole piece; unchanged until the notice.
   */
  add(storage: Storage, piece: PieceIndex, bytes: Uint8Array): void {
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
    this.#services.filesAhead.expect(storage, piece);
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
    if (!this.#services.journals.mayWrite(storage)) return false;
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
  #advance(run: WriteRun, budgetBytes: number): number {
    if (!this.#services.journals.mayWrite(run.storage)) {
      this.#hold(run);
      return 0;
    }
    const { breadcrumb } = this.#context;
    breadcrumb[1] = run.storage.torrent;
    breadcrumb[0] = FileStep.write;
    const done = run.advance(this.#disk, this.#services.files, budgetBytes);
    breadcrumb.fill(0);
    if (isRefusal(done)) this.#endRun(run, done);
    else if (run.isDone) this.#endRun(run, undefined);
    return isRefusal(done) ? 0 : done;
  }

  #hold(run: WriteRun): void {
    const { storage } = run;
    this.#removeRun(run);
    const waiting = new Map<number, WaitingPiece>();
    for (const [key, piece] of this.#waiting) {
      if (piece.storage !== storage) continue;
      waiting.set(key, piece);
      this.#waiting.delete(key);
    }
    this.#held.set(storage, { run, waiting });
    this.#services.journals.openForWriting(storage).then(
      () => this.#release(storage),
      (error: unknown) => this.#context.fail(error),
    );
  }

  #release(storage: Storage): void {
    const held = this.#held.get(storage);
    if (held === undefined) return;
    this.#held.delete(storage);
    if (held.run !== undefined) this.#resumed.push(held.run);
    for (const [key, piece] of held.waiting) this.#waiting.set(key, piece);
    this.#schedule();
    this.#released.resolve();
    this.#released = Promise.withResolvers();
  }

  #removeRun(run: WriteRun): void {
    if (this.#run === run) this.#run = undefined;
    else this.#resumed = this.#resumed.filter((other) => other !== run);
  }

  /** The oldest piece and its neighbours that fit, at least a single piece. */
  #takeRun(maxBytes: number, maxPieces: number): WriteRun | undefined {
    for (const [key, oldest] of this.#waiting) {
      const pieces: QueuedPiece[] = [oldest];
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
      return new WriteRun(oldest.storage, pieces);
    }
    return undefined;
  }

  /** Shared by all pieces: a failed call does not report which bytes arrived. */
  #endRun(run: WriteRun, refusal: StorageRefusal | undefined): void {
    const { storage, pieces, isSpoilt } = run;
    this.#removeRun(run);
    const { torrent } = storage;
    const indexes = pieces.map(({ piece }) => piece);
    if (refusal === undefined) {
      this.#services.journals.piecesWritten(storage, indexes, isSpoilt);
      this.#context.emit("pieces-written", { torrent, pieces: indexes });
    } else for (const piece of indexes) this.#refuse(torrent, piece, refusal);
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
