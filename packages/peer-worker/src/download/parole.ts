// After a failed attempt without a culprit the next attempt comes from a single peer as far as possible. If it fails,
// that peer sent wrong data; if it passes, it shows which blocks of the failed attempt were wrong.

import { paroleMs, type PeerRowIndex } from "@troupe/messages";

import { noPeer } from "./piece-in-progress.ts";

/** Seconds without a trusted taker until any peers may take the piece, even together. */
const trustedFirstSeconds = 5;
/** Seconds without a further block from the sole peer. */
const stalledSeconds = 6;

/** Decides which peers may get requests for a piece on parole. `tick` counts seconds. */
export class Parole {
  readonly #mistrusted: Set<PeerRowIndex>;
  readonly #soleSeconds: number;
  #sole: number = noPeer;
  /** Since the piece got its sole peer, or lost it. */
  #seconds = 0;
  #blocks = 0;
  #stalledFor = 0;
  /** No trusted peer wants it: a piece like any other. */
  #isOver = false;

  constructor(mistrusted: readonly PeerRowIndex[], pieceLengthBytes: number) {
    this.#mistrusted = new Set(mistrusted);
    this.#soleSeconds = paroleMs(pieceLengthBytes) / 1_000;
  }

  /** Or {@link noPeer}. */
  get sole(): number {
    return this.#sole;
  }

  mayRequestFrom(peer: PeerRowIndex): boolean {
    if (this.#isOver) return true;
    return this.#sole === noPeer ? !this.#mistrusted.has(peer) : this.#sole === peer;
  }

  /** An admitted peer got a request and becomes the sole peer. */
  claim(peer: PeerRowIndex): void {
    if (this.#isOver || this.#sole === peer) return;
    this.#sole = peer;
    this.#seconds = 0;
    this.#stalledFor = 0;
  }

  /** The peer chokes us or is late: the next peer, or this peer again without another, may take the piece. */
  release(peer: PeerRowIndex): void {
    if (this.#sole !== peer) return;
    this.#sole = noPeer;
    this.#seconds = 0;
    this.#mistrusted.add(peer);
  }

  /** Another peer will use its row. */
  forget(peer: PeerRowIndex): void {
    this.release(peer);
    this.#mistrusted.delete(peer);
  }

  /**
   * Once a second.
   *
   * @param blocks Complete blocks of the piece.
   * @returns A peer that held the piece too long or stalled: take its requests back; the next peer may take the piece.
   */
  tick(blocks: number): PeerRowIndex | undefined {
    this.#seconds++;
    if (this.#sole === noPeer) {
      if (this.#seconds >= trustedFirstSeconds) this.#isOver = true;
      return undefined;
    }
    this.#stalledFor = blocks === this.#blocks ? this.#stalledFor + 1 : 0;
    this.#blocks = blocks;
    if (this.#seconds < this.#soleSeconds && this.#stalledFor < stalledSeconds) return undefined;
    const late = this.#sole as PeerRowIndex;
    this.release(late);
    return late;
  }
}
