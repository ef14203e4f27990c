import { latin1Bytes, shortSha1 } from "@troupe/protocol/bytes";
import { systemModule } from "./system-module.ts";

/** Loading OpenSSL takes a thread 8 ms. */
const shortBytes = 4 * 1024;

let crypto: typeof import("node:crypto") | undefined;

/**
 * SHA-1 of `parts` in order, synchronous, without a copy (also of shared memory).
 * @returns 20 bytes of their own memory.
 */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (
    crypto === undefined &&
    parts.length === 1 &&
    only !== undefined &&
    only.length <= shortBytes
  ) {
    return shortSha1(only);
  }
  crypto ??= systemModule("node:crypto");
  if (parts.length === 1 && only !== undefined)
    return latin1Bytes(crypto.hash("sha1", only, "latin1"));
  const digest = crypto.createHash("sha1");
  for (const part of parts) digest.update(part);
  return digest.digest();
}
