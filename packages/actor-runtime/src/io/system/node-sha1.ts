// SHA-1 by the system's OpenSSL.

import { systemModule } from "./system-module.ts";

/**
 * SHA-1 of `parts` in order, synchronously, without copying them (shared memory is fine).
 * @returns 20 bytes of their own memory.
 */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const { createHash, hash } = systemModule("node:crypto");
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return hash("sha1", only, "buffer");
  const digest = createHash("sha1");
  for (const part of parts) digest.update(part);
  return digest.digest();
}
