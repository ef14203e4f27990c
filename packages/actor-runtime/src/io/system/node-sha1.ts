import { systemModule } from "./system-module.ts";

/**
 * SHA-1 of `parts` in order, synchronous, without a copy (also of shared memory).
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
