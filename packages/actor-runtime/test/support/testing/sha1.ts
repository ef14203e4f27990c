// SHA-1 by the library of Node.

import { hash } from "node:crypto";

export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return hash("sha1", Buffer.concat(parts), "buffer");
}
