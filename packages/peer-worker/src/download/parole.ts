// A piece of which an attempt has failed, with nobody to blame: the next attempt comes from one peer as far as possible. If
// that one fails too, its only source is the liar; if it passes, it shows which blocks of the failed attempt were wrong.

import { paroleMs, type PeerRowIndex } from "@troupe/messages";

import { noPeer } from "./piece-in-progress.ts";

/** Seconds without a trusted peer that takes the piece until it is anybody's, and several may give it together. */
const trustedFirstSeconds = 5;
/** Seconds without a further block from the peer that has the piece to itself. */
const stalledSeconds = 6;

/** Who may be asked for blocks of one piece on parole. Time passes by its second hand. */
export class Parole {
  readonly #mistrusted: Set<PeerRowIndex>;
  readonly #soleSeconds: number;
  #sole: number = noPeer;
  /** Since the sole peer has it, or nobody. */
  #seconds = 0;
  /** Blocks that were there at the last second, and since how many seconds they have been as many. */
  #blocks = 0;
  #stalledFor = 0;
  /** Nobody who is trusted wants it: from here on it is a piece like any other. */
  #isOver = false;

  constructor(mistrusted: readonly PeerRowIndex[], pieceLengthBytes: number) {
    this.#mistrusted = new Set(mistrusted);
    this.#soleSeconds = paroleMs(pieceLengthBytes) / 1_000;
  }

  /** The peer that has the piece to itself, or {@link noPeer}. */
  get sole(): number {
    return this.#sole;
  }

  /** Whether blocks may be asked of this peer. */
  mayRequestFrom(peer: PeerRowIndex): boolean {
    if (this.#isOver) return true;
    return this.#sole === noPeer ? !this.#mistrusted.has(peer) : this.#sole === peer;
  }

  /** A peer that is admitted has been asked: it has the piece to itself. */
  claim(peer: PeerRowIndex): void {
    if (this.#isOver || this.#sole === peer) return;
    this.#sole = peer;
    this.#seconds = 0;
    this.#stalledFor = 0;
  }

  /** The peer chokes us or is late: the piece is for the next one, and for this one again if there is no other. */
  release(peer: PeerRowIndex): void {
    if (this.#sole !== peer) return;
    this.#sole = noPeer;
    this.#seconds = 0;
    this.#mistrusted.add(peer);
  }

  /** The peer is gone and its row will be another's. */
  forget(peer: PeerRowIndex): void {
    this.release(peer);
    this.#mistrusted.delete(peer);
  }

  /**
   * Once a second.
   *
   * @param blocks Whole blocks of the piece that are there by now.
   * @returns Whoever has had the piece for too long, or has given nothing for a while: it is for the next one, and what this one owes is to be taken back.
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
