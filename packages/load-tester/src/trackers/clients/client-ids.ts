// The names that clients give themselves at a tracker.

import { type InfoHash, infoHashToBytes } from "@troupe/protocol/units";
import { mixBits } from "../../requests/mix-bits.ts";
import type { ClientPorts } from "./tracker-swarms.ts";

/** Peer ids begin so, in the form of BEP 20: a tester, not a client of users. */
const peerIdPrefix = "-TL0100-";
/** The rest of its 20 characters. */
const digitCount = 12;
const digits = "0123456789abcdef";

/** Info-hash, peer id, key and port of each client. */
export class ClientIds {
  readonly #seed: number;
  readonly #hashes: readonly Uint8Array[];
  readonly #ports: ClientPorts;
  readonly #prefix = new TextEncoder().encode(peerIdPrefix);

  constructor(seed: number, infoHashes: readonly InfoHash[], ports: ClientPorts) {
    this.#seed = seed;
    this.#hashes = infoHashes.map(infoHashToBytes);
    this.#ports = ports;
  }

  /** Clients join swarms in turns. */
  swarmOf(member: number): number {
    return member % this.#hashes.length;
  }

  /** @returns The info-hash of the client's swarm, 20 bytes. */
  infoHash(member: number): Uint8Array {
    const hash = this.#hashes[this.swarmOf(member)];
    if (hash === undefined) throw new Error("bug: a group of tracker clients has no swarm");
    return hash;
  }

  port(member: number): number {
    return this.#ports.portOf(member);
  }

  /** @returns 32 bits. */
  key(member: number): number {
    return mixBits(this.#seed + member);
  }

  /** Writes 20 characters. */
  fillPeerId(bytes: Uint8Array, member: number): void {
    bytes.set(this.#prefix);
    const drawn = this.key(member);
    for (let place = 0; place < digitCount; place++) {
      bytes[peerIdPrefix.length + place] = digits.charCodeAt(nibbleAt(place, drawn, member));
    }
  }

  /** @returns 20 characters that a URL needs no escapes for. */
  peerIdText(member: number): string {
    const drawn = this.key(member);
    let text = peerIdPrefix;
    for (let place = 0; place < digitCount; place++) text += digits[nibbleAt(place, drawn, member)];
    return text;
  }
}

/** A hexadecimal digit of a peer id: eight are drawn, the others are the client's number. */
function nibbleAt(place: number, drawn: number, member: number): number {
  return (place < 8 ? drawn >>> (4 * place) : member >>> (4 * (place - 8))) & 15;
}
