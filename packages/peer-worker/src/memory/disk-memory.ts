// Pieces for a hung disk must not take the memory of other disks' torrents.

/** A disk is behind when this share waits for it; memory waiting for other disks is left out. */
const behindShare = 0.25;
/** Torrents of a disk that is behind get the part that it has written of all lately, within these shares. */
const leastShare = 0.125;
const mostShare = 0.75;
/** Larger extents are not held back while no other disk has torrents with peers: too few would be left. */
const largeShare = 0.125;
/** Bytes of a disk after which older writes of all disks count half. */
const lateBytes = 128 * 1024 * 1024;

/** Download memory used by the torrents of a disk. */
export class DiskMemory {
  readonly torrents: Set<object> = new Set<object>();
  usedBytes = 0;
  /** Bytes of pieces being hashed or written. */
  #sealedBytes = 0;
  /** Bytes that the disk has written, older ones less. */
  #writtenBytes = 0;

  sealed(extentBytes: number): void {
    this.#sealedBytes += extentBytes;
  }

  /** The piece is written, or its torrent has done with it. @param all The memory of every disk. */
  written(extentBytes: number, all: Iterable<DiskMemory>): void {
    this.#sealedBytes -= extentBytes;
    this.#writtenBytes += extentBytes;
    if (this.#writtenBytes < lateBytes) return;
    for (const disk of all) disk.#writtenBytes /= 2;
  }

  /** True when the disk is not behind, or has memory left. @param all The memory of every disk. */
  mayTake(extentBytes: number, totalBytes: number, all: Iterable<DiskMemory>): boolean {
    let isAlone = true;
    let restBytes = totalBytes;
    let writtenBytes = this.#writtenBytes;
    for (const other of all) {
      if (other === this) continue;
      restBytes -= other.#sealedBytes;
      if (other.torrents.size === 0) continue;
      isAlone = false;
      writtenBytes += other.#writtenBytes;
    }
    const part = this.#writtenBytes / Math.max(1, writtenBytes);
    const share = Math.min(Math.max(part, leastShare), mostShare);
    const waitingBytes = restBytes * Math.min(behindShare, share / 2);
    if (this.#sealedBytes === 0 || this.#sealedBytes < waitingBytes) return true;
    if (isAlone && extentBytes > totalBytes * largeShare) return true;
    return this.usedBytes + extentBytes <= restBytes * share;
  }
}
