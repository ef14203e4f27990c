// SHA-1 by the library of Node.

import { createHash } from "node:crypto";

export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash("sha1");
  for (const part of parts) digest.update(part);
  return digest.digest();
}
