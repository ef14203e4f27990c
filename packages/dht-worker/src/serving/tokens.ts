// The tokens of BEP 5: a sender that shows a token has received an answer of ours at that address, at most ten minutes ago.

import type { Ports } from "@troupe/actor-runtime";
import { ip4Number } from "@troupe/protocol/address";
import { nodeIdBytes, type NodeId } from "@troupe/protocol/dht";
import { RecentMap } from "./recent-map.ts";

/** A token counts while its secret is the current or the previous one: five to ten minutes. */
const rotationMs = 300_000;
const secretBytes = 20;
const tokenBytes = 8;
/** Hosts whose key is remembered; that of another host is computed again. */
const maxHosts = 4_096;
/** Block of SHA-1, which HMAC pads its key to. */
const hashBlockBytes = 64;
const hashBytes = 20;

/** The impure parts that tokens need. */
export interface TokenPorts {
  readonly sha1: Ports["sha1"];
  /** Cryptographically strong. */
  readonly randomBytes: (length: number) => Uint8Array;
}

interface Secret {
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
}

interface HostKey {
  readonly secret: Secret;
  /** 20 bytes. */
  readonly key: Uint8Array;
}

/**
 * Issues tokens and verifies them. A token is the SHA-1 of a key and the target, cut to 8 bytes, and the key is the
 * HMAC of the host under a secret that changes every five minutes. So a host costs one HMAC a secret, for any number of
 * targets. Key and target have fixed lengths: no token can be extended.
 */
export class Tokens {
  readonly #ports: TokenPorts;
  #current: Secret | undefined;
  #previous: Secret | undefined;
  /** Keys under the current secret. */
  readonly #keys = new RecentMap<number | string, HostKey>(maxHosts);
  /** A key and a target, for the time of a call. */
  readonly #hashed = new Uint8Array(hashBytes + nodeIdBytes);

  constructor(ports: TokenPorts) {
    this.#ports = ports;
  }

  /** @param target An info-hash, or the target of an item. @returns 8 bytes. */
  issue(host: string, target: NodeId, nowMs: number): Uint8Array {
    return this.#token(this.#currentKey(host, this.#rotate(nowMs)), target);
  }

  /** @returns Whether the token was issued for host and target under one of the two latest secrets. */
  isValid(token: Uint8Array, host: string, target: NodeId, nowMs: number): boolean {
    const current = this.#rotate(nowMs);
    if (isEqual(token, this.#token(this.#currentKey(host, current), target))) return true;
    const previous = this.#previous;
    // A secret that was not changed in time is not used for longer.
    if (previous === undefined || nowMs - previous.sinceMs >= 2 * rotationMs) return false;
    return isEqual(token, this.#token(this.#keyOf(host, previous), target));
  }

  /** Secrets change when they are used, so that no timer can be forgotten. */
  #rotate(nowMs: number): Secret {
    const current = this.#current;
    if (current !== undefined && nowMs - current.sinceMs < rotationMs) return current;
    this.#previous = current;
    this.#current = { bytes: this.#ports.randomBytes(secretBytes), sinceMs: nowMs };
    return this.#current;
  }

  #currentKey(host: string, secret: Secret): Uint8Array {
    // A map finds a number faster than a text that is new.
    const address = ip4Number(host) ?? host;
    const known = this.#keys.get(address);
    if (known?.secret === secret) return known.key;
    const key = this.#keyOf(host, secret);
    this.#keys.set(address, { secret, key });
    return key;
  }

  #keyOf(host: string, secret: Secret): Uint8Array {
    return hmacSha1(this.#ports.sha1, secret.bytes, Buffer.from(host, "latin1"));
  }

  #token(key: Uint8Array, target: NodeId): Uint8Array {
    const hashed = this.#hashed;
    for (let at = 0; at < hashBytes; at++) hashed[at] = key[at] ?? 0;
    for (let at = 0; at < nodeIdBytes; at++) hashed[hashBytes + at] = target[at] ?? 0;
    const hash = this.#ports.sha1(hashed);
    const token = new Uint8Array(tokenBytes);
    for (let at = 0; at < tokenBytes; at++) token[at] = hash[at] ?? 0;
    return token;
  }
}

/**
 * HMAC-SHA1 (RFC 2104).
 *
 * @param key At most 64 bytes. @returns 20 bytes.
 */
export function hmacSha1(sha1: Ports["sha1"], key: Uint8Array, message: Uint8Array): Uint8Array {
  return sha1(padded(key, 0x5c), sha1(padded(key, 0x36), message));
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  const block = new Uint8Array(hashBlockBytes).fill(pad);
  for (const [at, byte] of key.entries()) block[at] = byte ^ pad;
  return block;
}

/** Takes as long for any two values of 8 bytes. */
function isEqual(shown: Uint8Array, expected: Uint8Array): boolean {
  if (shown.length !== expected.length) return false;
  let difference = 0;
  for (const [at, byte] of expected.entries()) difference |= byte ^ (shown[at] ?? 0);
  return difference === 0;
}
