// Download memory by disk: pieces that wait for a disk which does not answer must not take the memory of all others.

import type { PeerWorker } from "./peer-worker.ts";

/** A disk is behind when this share of what does not wait for other disks waits for it. */
const behindShare = 0.25;
/** Share that the torrents of such a disk may use. */
const mostShare = 0.75;
/** Larger extents than this share are not held back while no other disk has torrents: too few would be left. */
const largeShare = 0.125;

/** Extents of the torrents of one disk. */
export class DiskMemory {
  /** Those that are open. */
  readonly torrents: Set<object> = new Set<object>();
  usedBytes = 0;
  /** Of these, extents of pieces that are being hashed or written. */
  sealedBytes = 0;
}

/** Whether a torrent of this disk may take another extent: the disk is not behind, or something is left for others. */
export function mayFill(worker: PeerWorker, disk: DiskMemory, extentBytes: number): boolean {
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
  return disk.usedBytes + extentBytes <= restBytes * mostShare;
}
