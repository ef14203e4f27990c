/** For info dictionaries; the hash pool hashes pieces. @returns 20 bytes in memory of their own. */
export function sha1(bytes: Uint8Array): Uint8Array {
  // Loaded only to parse torrents: 5 ms and 5 MB.
  const { hash } = process.getBuiltinModule("node:crypto");
  return new Uint8Array(hash("sha1", bytes, "buffer"));
}

/** A hash over bytes that come one after another. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  /** Ends the hash. @returns 20 bytes. */
  digest(): Uint8Array;
}

/** @returns The SHA-1 of no bytes so far. */
export function startSha1(): RunningHash {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha1");
}
