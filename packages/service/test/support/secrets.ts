// Hashes for tests: the real ones, and a derivation that takes no time.

import { createHash, createHmac, scrypt as systemScrypt } from "node:crypto";
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

/** The system's. */
export const realScrypt: Scrypt = (password, salt, parameters) => {
  const { keyBytes, maxMemoryBytes: maxmem, cost, blockSize, parallelization } = parameters;
  const result = Promise.withResolvers<Uint8Array>();
  systemScrypt(
    password,
    salt,
    keyBytes,
    { cost, blockSize, parallelization, maxmem },
    (error, key) => {
      if (error === null) result.resolve(key);
      else result.reject(error);
    },
  );
  return result.promise;
};
