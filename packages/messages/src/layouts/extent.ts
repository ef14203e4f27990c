// The places of pieces in a peer-worker's slab: extents of 16 KiB × 2ⁿ, each at a multiple of its own size.

/** Bytes of the smallest extent. */
export const extentUnitBytes = 16_384;

/** @returns Bytes of the smallest extent that holds `lengthBytes` (1 or more): 16 KiB × 2ⁿ. */
export function extentBytes(lengthBytes: number): number {
  let bytes = extentUnitBytes;
  while (bytes < lengthBytes) bytes *= 2;
  return bytes;
}

/**
 * Whether pieces of this length can never lie in a region of `regionBytes`, however empty it is: each needs
 * memory of its own then (`PieceLease.ownMemory`), one at a time.
 */
export function needsOwnMemory(pieceLengthBytes: number, regionBytes: number): boolean {
  return extentBytes(pieceLengthBytes) > regionBytes;
}
