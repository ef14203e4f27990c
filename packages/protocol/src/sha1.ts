// The one hash that this package computes itself: an info-hash. Pieces are hashed elsewhere.

import { hash } from "node:crypto";

/** @returns The SHA-1 of `bytes`: 20 bytes in memory of their own. */
export function sha1(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash("sha1", bytes, "buffer"));
}
