// Signatures of RFC 8032 over raw keys. node:crypto reads keys in DER (RFC 8410): a fixed start, and the raw key.

import type { KeyObject } from "node:crypto";

/** Bytes of a public key. */
export const publicKeyBytes = 32;
/** Bytes of a secret key: the seed of RFC 8032. */
export const secretKeyBytes = 32;
/** Bytes of a signature. */
export const signatureBytes = 64;

const publicKeyStart = Uint8Array.from(Buffer.from("302a300506032b6570032100", "hex"));
const secretKeyStart = Uint8Array.from(Buffer.from("302e020100300506032b657004220420", "hex"));

/** @param secretKey 32 bytes. @returns 32 bytes in memory of their own. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  const { createPublicKey } = crypto();
  const der = createPublicKey(privateKeyOf(secretKey)).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(publicKeyStart.length));
}

/** @param secretKey 32 bytes. @returns 64 bytes in memory of their own. */
export function signBytes(secretKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(crypto().sign(noDigest, bytes, privateKeyOf(secretKey)));
}

/** @returns Whether it is the signature of the key's owner; false for a key or a signature that is none. Takes about 0.1 ms of CPU. */
export function isSignatureOf(
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== publicKeyBytes || signature.length !== signatureBytes) return false;
  const { createPublicKey, verify } = crypto();
  const key = Buffer.concat([publicKeyStart, publicKey]);
  try {
    return verify(
      noDigest,
      bytes,
      createPublicKey({ key, format: "der", type: "spki" }),
      signature,
    );
  } catch {
    return false;
  }
}

/** Ed25519 hashes the bytes itself. */
const noDigest = null;

function privateKeyOf(secretKey: Uint8Array): KeyObject {
  const key = Buffer.concat([secretKeyStart, secretKey]);
  return crypto().createPrivateKey({ key, format: "der", type: "pkcs8" });
}

/** Loaded only to store, fetch and publish items. */
function crypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}
