// Pieces for a hung disk must not take the memory of other disks' torrents. And few pieces wait to be hashed and written
// while both go on: memory that is used again soon is less memory.

/** A disk is behind when this share waits for it; memory waiting for other disks is left out. */
const behindShare = 0.25;
/** Share of the same memory for torrents of such a disk. */
const maxShare = 0.75;
/** Larger extents are not held back while no other disk has torrents: too few would be left. */
const largeShare = 0.125;
/** Sealed bytes while pieces are hashed and written all the time: more than both take in 10 ms, so that neither idles. */
const flowBytes = 16 * 1_024 * 1_024;
/** After such a time without a written piece the disk stalls, and all memory may take what comes meanwhile. */
const stallMs = 100;

/** Download memory used by the torrents of a disk. */
export class DiskMemory {
  readonly torrents: Set<object> = new Set<object>();
  usedBytes = 0;
  #sealedBytes = 0;
  /** The last freed piece, or the first sealed piece after all were freed. */
  #flowedAtMs = -Infinity;

  /** Bytes of pieces being hashed or written. */
  get sealedBytes(): number {
    return this.#sealedBytes;
  }

  addSealed(bytes: number, nowMs: number): void {
    if (this.#sealedBytes === 0) this.#flowedAtMs = nowMs;
    this.#sealedBytes += bytes;
  }

  /** The piece is written, or has failed. */
  freeSealed(bytes: number, nowMs: number): void {
    this.#flowedAtMs = nowMs;
    this.#sealedBytes -= bytes;
  }

  /** Whether enough pieces are sealed: the next extent waits until some of them are written. */
  isFlowFull(extentBytes: number, nowMs: number): boolean {
    if (this.#sealedBytes < Math.max(flowBytes, 2 * extentBytes)) return false;
    return nowMs - this.#flowedAtMs < stallMs;
  }

  /** True when the disk is not behind, or memory is left for others. @param all The memory of every disk. */
  mayTake(extentBytes: number, totalBytes: number, all: Iterable<DiskMemory>): boolean {
    let isAlone = true;
    let restBytes = totalBytes;
    for (const other of all) {
      if (other === this) continue;
      restBytes -= other.sealedBytes;
      if (other.torrents.size > 0) isAlone = false;
    }
    if (this.#sealedBytes < restBytes * behindShare) return true;
    if (isAlone && extentBytes > totalBytes * largeShare) return true;
    return this.usedBytes + extentBytes <= restBytes * maxShare;
  }
}
