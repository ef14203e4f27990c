// Picks the next blocks for a peer. Open pieces are finished before another opens, except pieces that another peer keeps.

import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import type { HeldLeases } from "./held-leases.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";
import type { WaitingLease } from "./waiting-leases.ts";
import type { DeadlinePieces } from "./deadlines/deadline-pieces.ts";
import type { WholePieces } from "./whole-pieces.ts";

/** A peer that takes blocks. */
export interface BlockTaker {
  readonly rowIndex: PeerRowIndex;
  /** Written by the picker. */
  readonly download: { currentPiece: PieceInProgress | undefined };
  /** Pieces to open first. */
  readonly suggested: ReadonlySet<PieceIndex> | undefined;
  /** Whether the peer has the piece and would send it now. */
  mayAskFor(piece: PieceIndex): boolean;
  requestBlock(piece: PieceInProgress, block: number, nowMs: number): void;
}

/** The arrival of blocks that a peer would get, and a faster peer for blocks that would be late. */
interface Lateness {
  /** Time at which a block that is requested now arrives. */
  readonly arrivesAtMs: number;
  /** @returns A peer that would send a block clearly sooner. */
  faster(): FasterPeer | undefined;
}

/** A peer that late blocks are left to. */
interface FasterPeer {
  readonly peer: Pick<BlockTaker, "rowIndex" | "mayAskFor">;
  /** Blocks that it would send before the taker sends one. */
  readonly blocks: number;
}

/** Allots memory to a held lease; undefined without free memory. */
export type OpenPiece = (waiting: WaitingLease, nowMs: number) => PieceInProgress | undefined;

/** Picks blocks for the peers of a torrent, within this worker's leases. */
export class BlockPicker {
  readonly #leases: HeldLeases;
  readonly #due: DeadlinePieces;
  readonly #openPiece: OpenPiece;
  readonly #whole: WholePieces;

  constructor(leases: HeldLeases, openPiece: OpenPiece, due: DeadlinePieces, whole: WholePieces) {
    this.#leases = leases;
    this.#due = due;
    this.#openPiece = openPiece;
    this.#whole = whole;
  }

  /**
   * Gives `taker` up to `limit` free blocks: of its current piece, of its most complete open piece, then of a leased piece.
   *
   * @returns The number of blocks; fewer than `limit` when no piece or no memory is left.
   */
  pick(taker: BlockTaker, limit: number, nowMs: number): number {
    let left = limit;
    const current = taker.download.currentPiece;
    if (current !== undefined && current.isOpen && this.#isFree(taker, current.piece))
      left -= this.#takeFree(taker, current, left, nowMs);
    while (left > 0) {
      const next =
        this.#mostComplete(taker, nowMs) ??
        this.#open(taker, nowMs) ??
        (this.#whole.mayJoin(taker.rowIndex, nowMs) ? this.#mostComplete(taker) : undefined);
      if (next === undefined) break;
      taker.download.currentPiece = next;
      left -= this.#takeFree(taker, next, left, nowMs);
    }
    return limit - left;
  }

  /**
   * Gives `taker` up to `limit` free blocks of pieces with a deadline, the earliest first. Of blocks that would be late,
   * those are left to a faster peer that it would send sooner.
   *
   * @returns The number of blocks.
   */
  pickDue(taker: BlockTaker, limit: number, nowMs: number, lateness: Lateness): number {
    let left = limit;
    let faster: ReturnType<Lateness["faster"]>;
    let isFasterKnown = false;
    let leftToFaster = 0;
    // Without memory for a piece there is no memory for the next piece.
    let mayOpen = true;
    for (const [piece, atMs] of this.#due.entries()) {
      if (left === 0) break;
      if (this.#freeBlocks(piece) === 0 || !this.#isFor(taker, piece)) continue;
      if (lateness.arrivesAtMs > atMs) {
        if (!isFasterKnown) faster = lateness.faster();
        isFasterKnown = true;
        if (faster !== undefined && this.#isFor(faster.peer, piece)) {
          leftToFaster += this.#freeBlocks(piece);
          if (leftToFaster <= faster.blocks) continue;
        }
      }
      const open: PieceInProgress | undefined =
        this.#leases.open.get(piece) ?? (mayOpen ? this.#openWaiting(piece, nowMs) : undefined);
      mayOpen &&= open !== undefined;
      if (open === undefined) continue;
      taker.download.currentPiece = open;
      left -= this.#takeFree(taker, open, left, nowMs);
    }
    return limit - left;
  }

  /**
   * Gives `taker` up to `limit` blocks, due before `untilMs`, that another peer owes.
   *
   * @param isWorth See `pickDoubles`.
   * @returns The number of blocks.
   */
  doubleDue(
    taker: BlockTaker,
    limit: number,
    nowMs: number,
    untilMs: number,
    isWorth: (owing: PeerRowIndex) => boolean,
  ): number {
    let left = limit;
    for (const [piece, atMs] of this.#due.entries()) {
      if (left === 0 || atMs > untilMs) break;
      const open = this.#leases.open.get(piece);
      if (open === undefined || !this.#isFor(taker, piece)) continue;
      left -= takeDoubles(taker, open, left, nowMs, isWorth);
    }
    return limit - left;
  }

  /**
   * Endgame: gives `taker` up to `limit` blocks that another peer owes. The last block of the youngest piece comes
   * first, because the other peer delivers from the front: the two meet in the middle.
   *
   * @param isWorth Whether to double a block that this row's peer owes; asked for each block.
   */
  pickDoubles(
    taker: BlockTaker,
    limit: number,
    nowMs: number,
    isWorth: (owing: PeerRowIndex) => boolean,
  ): number {
    let left = limit;
    for (const piece of Array.from(this.#leases.open.values()).toReversed()) {
      if (left === 0) break;
      if (!this.#isFor(taker, piece.piece)) continue;
      left -= takeDoubles(taker, piece, left, nowMs, isWorth);
    }
    return limit - left;
  }

  /**
   * Then the piece opened first.
   *
   * @param nowMs Undefined: pieces that another peer keeps count too.
   */
  #mostComplete(taker: BlockTaker, nowMs?: number): PieceInProgress | undefined {
    // Usual: the iterator below would make objects for each piece that is opened.
    if (this.#leases.withFreeBlocks.size === 0) return undefined;
    let best: PieceInProgress | undefined;
    let bestMissing = Infinity;
    for (const piece of this.#leases.withFreeBlocks) {
      if (piece.freeCount === 0) {
        this.#leases.withFreeBlocks.delete(piece);
        continue;
      }
      const missing = piece.blockCount - piece.receivedCount;
      if (missing < bestMissing && this.#isFree(taker, piece.piece)) {
        if (nowMs !== undefined && this.#whole.isKeptFrom(piece, taker.rowIndex, nowMs)) continue;
        best = piece;
        bestMissing = missing;
      }
    }
    return best;
  }

  #open(taker: BlockTaker, nowMs: number): PieceInProgress | undefined {
    const { suggested } = taker;
    const { waiting } = this.#leases;
    let first: WaitingLease | undefined;
    if (suggested !== undefined && suggested.size > 0)
      first = waiting.find((piece) => suggested.has(piece) && this.#isFree(taker, piece));
    first ??= waiting.find((piece) => this.#isFree(taker, piece));
    const opened = first && this.#openPiece(first, nowMs);
    if (opened !== undefined) this.#whole.noteOpened(opened, taker.rowIndex);
    return opened;
  }

  #freeBlocks(piece: PieceIndex): number {
    const { open, waiting } = this.#leases;
    return open.get(piece)?.freeCount ?? waiting.get(piece)?.blockCount ?? 0;
  }

  #openWaiting(piece: PieceIndex, nowMs: number): PieceInProgress | undefined {
    const waiting = this.#leases.waiting.get(piece);
    return waiting && this.#openPiece(waiting, nowMs);
  }

  #isFor(taker: Pick<BlockTaker, "rowIndex" | "mayAskFor">, piece: PieceIndex): boolean {
    return taker.mayAskFor(piece) && this.#leases.mayRequestFrom(taker.rowIndex, piece);
  }

  /** And not left to a web seed. */
  #isFree(taker: BlockTaker, piece: PieceIndex): boolean {
    return this.#isFor(taker, piece) && !this.#leases.reserved.isKeptFrom(piece, taker.rowIndex);
  }

  #takeFree(taker: BlockTaker, piece: PieceInProgress, limit: number, nowMs: number): number {
    if (!this.#isFor(taker, piece.piece)) return 0;
    let taken = 0;
    while (taken < limit) {
      const block = piece.nextFreeBlock();
      if (block < 0) break;
      piece.request(block, taker.rowIndex);
      taker.requestBlock(piece, block, nowMs);
      taken++;
    }
    if (piece.freeCount === 0) this.#leases.withFreeBlocks.delete(piece);
    if (taken > 0) this.#leases.paroles.get(piece.piece)?.claim(taker.rowIndex);
    return taken;
  }
}

function takeDoubles(
  taker: BlockTaker,
  piece: PieceInProgress,
  limit: number,
  nowMs: number,
  isWorth: (owing: PeerRowIndex) => boolean,
): number {
  let taken = 0;
  for (let block = piece.blockCount - 1; block >= 0 && taken < limit; block--) {
    if (!piece.mayBeDoubledBy(block, taker.rowIndex)) continue;
    if (!isWorth(piece.requesterOf(block) as PeerRowIndex)) continue;
    piece.request(block, taker.rowIndex);
    taker.requestBlock(piece, block, nowMs);
    taken++;
  }
  return taken;
}
