// Extents of a slab: 16 KiB × 2ⁿ, each at a multiple of its own size.

/** Bytes of the smallest extent. */
export const extentUnitBytes = 16_384;

/** @returns Bytes of the smallest extent for `lengthBytes` (1 or more): 16 KiB × 2ⁿ. */
function extentBytes(lengthBytes: number): number {
  let bytes = extentUnitBytes;
  while (bytes < lengthBytes) bytes *= 2;
  return bytes;
}

/**
 * Whether pieces of this length do not fit even into an empty region of `regionBytes`. Each then gets memory of its own
 * (`PieceLease.ownMemory`), one at a time.
 */
export function needsOwnMemory(pieceLengthBytes: number, regionBytes: number): boolean {
  return extentBytes(pieceLengthBytes) > regionBytes;
}
