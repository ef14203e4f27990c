// Names of items (BEP 44), made without our own code, which the tests are about.

import { createHash, generateKeyPairSync } from "node:crypto";

/** Signs an item: 64 hex digits each. */
export interface ItemKey {
  readonly secret: string;
  readonly publicKey: string;
}

/** A mutable item: its target is the SHA-1 hash of key and salt. */
export interface MutableName {
  readonly key: ItemKey;
  /** Empty: none. */
  readonly salt: string;
  /** 40 hex digits. */
  readonly target: string;
}

/** The target of a text: the SHA-1 hash of its bencoding, 40 hex digits. */
export function targetOf(value: string): string {
  return createHash("sha1")
    .update(`${Buffer.byteLength(value)}:${value}`)
    .digest("hex");
}

/** A mutable item of a new key. */
export function newMutableName(salt: string): MutableName {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const key = {
    secret: Buffer.from(d, "base64url").toString("hex"),
    publicKey: publicKey.toString("hex"),
  };
  return { key, salt, target: createHash("sha1").update(publicKey).update(salt).digest("hex") };
}
