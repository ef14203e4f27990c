// Pieces for a hung disk must not take the memory of other disks' torrents.

/** A disk is behind when this share waits for it; memory waiting for other disks is left out. */
const behindShare = 0.25;
/** Share of the same memory for torrents of such a disk, while no other disk has torrents with peers. */
const aloneShare = 0.75;
/** Share beside torrents of other disks: more memory makes no disk faster, and these torrents slower. */
const besideShare = 0.5;
/** Larger extents are not held back while no other disk has torrents with peers: too few would be left. */
const largeShare = 0.125;

/** Download memory used by the torrents of a disk. */
export class DiskMemory {
  readonly torrents: Set<object> = new Set<object>();
  usedBytes = 0;
  /** Bytes of pieces being hashed or written. */
  sealedBytes = 0;

  /** True when the disk is not behind, or memory is left for others. @param all The memory of every disk. */
  mayTake(extentBytes: number, totalBytes: number, all: Iterable<DiskMemory>): boolean {
    let isAlone = true;
    let restBytes = totalBytes;
    for (const other of all) {
      if (other === this) continue;
      restBytes -= other.sealedBytes;
      if (other.torrents.size > 0) isAlone = false;
    }
    if (this.sealedBytes < restBytes * behindShare) return true;
    if (isAlone && extentBytes > totalBytes * largeShare) return true;
    return this.usedBytes + extentBytes <= restBytes * (isAlone ? aloneShare : besideShare);
  }
}
