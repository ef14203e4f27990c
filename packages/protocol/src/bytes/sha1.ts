import { latin1Bytes } from "./latin1-bytes.ts";
import { shortSha1 } from "./short-sha1.ts";

/** Loading OpenSSL takes a thread 8 ms and 5 MB: as long as hashing 30 KiB without it. */
const shortBytes = 4 * 1024;

let loaded: typeof import("node:crypto") | undefined;

function crypto(): typeof import("node:crypto") {
  return (loaded ??= process.getBuiltinModule("node:crypto"));
}

/** For info dictionaries; the hash pool hashes pieces. @returns 20 bytes in memory of their own. */
export function sha1(bytes: Uint8Array): Uint8Array {
  if (loaded === undefined && bytes.length <= shortBytes) return shortSha1(bytes);
  return latin1Bytes(crypto().hash("sha1", bytes, "latin1"));
}

/** A hash over bytes that come one after another. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  /** Ends the hash. @returns Its digest. */
  digest(): Uint8Array;
}

/** @returns The SHA-1 of no bytes so far. */
export function startSha1(): RunningHash {
  return crypto().createHash("sha1");
}
