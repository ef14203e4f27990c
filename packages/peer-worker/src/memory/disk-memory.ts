// Download memory by disk: pieces that wait for a hung disk must not take the memory of torrents on other disks.

import type { PeerWorker } from "../peer-worker.ts";

/** A disk is behind when this share of the memory waits for it; memory that waits for other disks is left out. */
const behindShare = 0.25;
/** Share of the same memory that torrents of such a disk may use. */
const maxShare = 0.75;
/** Extents larger than this share are not held back while no other disk has torrents: too few would be left. */
const largeShare = 0.125;

/** Download memory that the torrents of one disk use. */
export class DiskMemory {
  /** Open torrents. */
  readonly torrents: Set<object> = new Set<object>();
  usedBytes = 0;
  /** The part of it whose pieces are being hashed or written. */
  sealedBytes = 0;
}

/** Whether a torrent of this disk may take another extent: the disk is not behind, or memory is left for others. */
export function mayTakeExtent(worker: PeerWorker, disk: DiskMemory, extentBytes: number): boolean {
  const { totalBytes } = worker.downloads;
  let isAlone = true;
  let restBytes = totalBytes;
  for (const other of worker.diskMemory.values()) {
    if (other === disk) continue;
    restBytes -= other.sealedBytes;
    if (other.torrents.size > 0) isAlone = false;
  }
  if (disk.sealedBytes < restBytes * behindShare) return true;
  if (isAlone && extentBytes > totalBytes * largeShare) return true;
  return disk.usedBytes + extentBytes <= restBytes * maxShare;
}
