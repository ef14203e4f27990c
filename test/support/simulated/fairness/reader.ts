// Reads a torrent from its first byte on at a steady rate while it downloads, and sets the deadlines of the pieces
// ahead.

import type { PieceIndex } from "@troupe/protocol/units";
import type { EngineMember } from "./engine-member.ts";
import type { FairSwarm } from "./fair-swarm.ts";

const stepMs = 100;
const stepsPerWindow = 10;

/** The rate of a reader, and the deadlines that it sets. */
export interface ReaderPlan {
  readonly bytesPerSecond: number;
  /** Pieces that the reader needs within this time have deadlines. */
  readonly aheadMs: number;
}

/** A reader of one member's torrent. */
export class SimulatedReader {
  readBytes = 0;
  /** Moments at which the next byte was missing. */
  readonly stallsAtMs: number[] = [];
  readonly #swarm: FairSwarm;
  readonly #member: EngineMember;
  readonly #plan: ReaderPlan;

  constructor(swarm: FairSwarm, member: EngineMember, plan: ReaderPlan) {
    this.#swarm = swarm;
    this.#member = member;
    this.#plan = plan;
  }

  /** Reads for so long, or to the end. */
  async read(forMs: number): Promise<void> {
    for (let step = 0; step < forMs / stepMs && !this.#isAtEnd; step++) {
      if (step % stepsPerWindow === 0) this.#setDeadlines();
      // oxlint-disable-next-line no-await-in-loop
      await this.#swarm.run(stepMs);
      this.#advance();
    }
  }

  get #geometry() {
    return this.#swarm.swarm.torrent.metainfo.geometry;
  }

  get #isAtEnd(): boolean {
    return this.readBytes >= this.#geometry.totalBytes;
  }

  #advance(): void {
    const wantedBytes = this.readBytes + (this.#plan.bytesPerSecond * stepMs) / 1_000;
    this.readBytes = Math.min(wantedBytes, this.#bytesInFront());
    if (this.readBytes < wantedBytes && !this.#isAtEnd) this.stallsAtMs.push(this.#swarm.nowMs);
  }

  /** The end of the pieces that can be read without a gap. */
  #bytesInFront(): number {
    const { pieceCount, pieceLengthBytes, totalBytes } = this.#geometry;
    const ledger = this.#member.engine.jobs[0]?.content.ledger;
    let piece = Math.floor(this.readBytes / pieceLengthBytes);
    while (piece < pieceCount && ledger?.map.has(piece) === true) piece++;
    return Math.min(totalBytes, piece * pieceLengthBytes);
  }

  #setDeadlines(): void {
    const { pieceCount, pieceLengthBytes } = this.#geometry;
    const { aheadMs, bytesPerSecond } = this.#plan;
    const first = Math.floor(this.readBytes / pieceLengthBytes);
    const deadlines = [];
    for (let piece = first; piece < pieceCount; piece++) {
      const beginBytes = piece * pieceLengthBytes - this.readBytes;
      const ms = Math.max(0, (beginBytes * 1_000) / bytesPerSecond);
      if (ms > aheadMs) break;
      deadlines.push({ piece: piece as PieceIndex, ms });
    }
    this.#member.engine.setDeadlines(deadlines);
  }
}
