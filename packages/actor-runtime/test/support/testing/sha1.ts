// SHA-1 by the library of Node.

import { hash } from "node:crypto";

export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = parts;
  const bytes = first !== undefined && others.length === 0 ? first : Buffer.concat(parts);
  return hash("sha1", bytes, "buffer");
}
