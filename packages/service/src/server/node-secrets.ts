// Hashes of the system for the guard.

import { createHash, createHmac, scrypt } from "node:crypto";
import type { HmacSha256, Scrypt, Sha256 } from "../guard/secret-ports.ts";

/** SHA-256. */
export const sha256: Sha256 = (bytes) =>
  Uint8Array.from(createHash("sha256").update(bytes).digest());

/** HMAC-SHA-256. */
export const hmacSha256: HmacSha256 = (key, bytes) =>
  Uint8Array.from(createHmac("sha256", key).update(bytes).digest());

/** Scrypt in a thread of the system's pool. */
export const deriveKey: Scrypt = (password, salt, parameters) => {
  const { keyBytes, maxMemoryBytes: maxmem, cost, blockSize, parallelization } = parameters;
  const options = { cost, blockSize, parallelization, maxmem };
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  scrypt(password, salt, keyBytes, options, (error, key) => {
    if (error === null) resolve(Uint8Array.from(key));
    else reject(error);
  });
  return promise;
};
