import type { Address, Random } from "@troupe/actor-runtime";
import { writeUint16 } from "@troupe/protocol/bytes";

import { halfSipHash, hashKeyBytes } from "./half-sip-hash.ts";
import { cookieKeyMs } from "./limits.ts";

/** Port, id and number, 2 bytes each. */
const headBytes = 6;
/** No numeric address is longer. */
const mostHostBytes = 45;

interface Key {
  readonly bytes: Uint8Array;
  readonly sinceMs: number;
}

/**
 * First sequence numbers that need no memory: a keyed hash of the dialer's address and SYN. A dialer that acknowledges it has
 * had our answer. Its key changes, and the previous one counts, too.
 */
export class SynCookies {
  readonly #random: Random;
  #current: Key | undefined;
  #previous: Key | undefined;
  readonly #hashed = new Uint8Array(headBytes + mostHostBytes);

  constructor(random: Random) {
    this.#random = random;
  }

  /** @param sendingId Id of our packets to the dialer. @returns Our sequence number. */
  issue(from: Address, sendingId: number, synSeq: number, nowMs: number): number {
    return this.#cookie(this.#rotate(nowMs), this.#describe(from, sendingId, synSeq));
  }

  /** @returns Whether the number was issued for this SYN under one of the two latest keys. */
  isValid(seq: number, from: Address, sendingId: number, synSeq: number, nowMs: number): boolean {
    const lengthBytes = this.#describe(from, sendingId, synSeq);
    if (this.#cookie(this.#rotate(nowMs), lengthBytes) === seq) return true;
    const previous = this.#previous;
    // A key that was not changed in time is not used for longer.
    if (previous === undefined || nowMs - previous.sinceMs >= 2 * cookieKeyMs) return false;
    return this.#cookie(previous, lengthBytes) === seq;
  }

  #rotate(nowMs: number): Key {
    const current = this.#current;
    if (current !== undefined && nowMs - current.sinceMs < cookieKeyMs) return current;
    this.#previous = current;
    this.#current = { bytes: this.#random.bytes(hashKeyBytes), sinceMs: nowMs };
    return this.#current;
  }

  #cookie(key: Key, lengthBytes: number): number {
    return halfSipHash(key.bytes, this.#hashed, lengthBytes) & 0xffff;
  }

  /** Writes the input of the hash. @returns Its bytes. */
  #describe({ host, port }: Address, sendingId: number, synSeq: number): number {
    const bytes = this.#hashed;
    writeUint16(bytes, writeUint16(bytes, writeUint16(bytes, 0, port), sendingId), synSeq);
    const hostBytes = Math.min(host.length, mostHostBytes);
    for (let at = 0; at < hostBytes; at++) bytes[headBytes + at] = host.charCodeAt(at);
    return headBytes + hostBytes;
  }
}
