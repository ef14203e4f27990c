// Hashes for tests: SHA-256, HMAC, and a derivation that takes no time.

import { createHash, createHmac } from "node:crypto";
import type { Scrypt } from "../../src/guard/secret-ports.ts";

export function sha256(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHash("sha256").update(bytes).digest());
}

export function hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(createHmac("sha256", key).update(bytes).digest());
}

/** Counts its calls, and takes no time. */
export function quickScrypt(): { readonly scrypt: Scrypt; readonly calls: () => number } {
  let calls = 0;
  return {
    scrypt: (password, salt) => {
      calls++;
      return Promise.resolve(hmacSha256(salt, password));
    },
    calls: () => calls,
  };
}
