import { latin1Bytes } from "./latin1-bytes.ts";
import type { RunningHash } from "./sha1.ts";
import { shortSha256 } from "./short-sha256.ts";

/** Loading OpenSSL takes a thread 8 ms and 5 MB. */
const shortBytes = 4 * 1024;
/** Short inputs before OpenSSL is loaded: a tree has many nodes. */
const shortInputs = 16;

let loaded: typeof import("node:crypto") | undefined;
let shortCount = 0;

/** For info dictionaries and nodes of trees; the hash pool hashes pieces. @returns 32 bytes in memory of their own. */
export function sha256(bytes: Uint8Array): Uint8Array {
  if (loaded === undefined && bytes.length <= shortBytes && shortCount++ < shortInputs)
    return shortSha256(bytes);
  return latin1Bytes(crypto().hash("sha256", bytes, "latin1"));
}

/** @returns The SHA-256 of no bytes so far. */
export function startSha256(): RunningHash {
  return crypto().createHash("sha256");
}

function crypto(): typeof import("node:crypto") {
  return (loaded ??= process.getBuiltinModule("node:crypto"));
}
