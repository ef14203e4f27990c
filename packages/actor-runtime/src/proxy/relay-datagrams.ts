// Datagrams to the relay of a SOCKS proxy.

import { encodeSocksDatagram } from "@troupe/protocol/proxy";
import type { Address } from "../ports/sockets.ts";

const slabBytes = 65_536;
const noPayload = new Uint8Array(0);

/** The relay as the address of a datagram, with the target that the datagram names. */
export class RelayedTarget implements Address {
  readonly host: string;
  readonly port: number;
  /** The object that the owner of the socket gave. */
  readonly target: Address;
  /** The header of each datagram to the target: RFC 1928, section 7. */
  readonly header: Uint8Array;

  constructor({ host, port }: Address, target: Address, header: Uint8Array) {
    this.host = host;
    this.port = port;
    this.target = target;
    this.header = header;
  }
}

/** Wraps the datagrams of one association. A connection gives the same target each time, whose header is kept with it. */
export class RelayDatagrams {
  readonly relay: Address;
  readonly #targets = new WeakMap<Address, RelayedTarget>();
  #slab = new Uint8Array(0);
  #usedBytes = 0;

  constructor(relay: Address) {
    this.relay = relay;
  }

  /** @returns Undefined for a target that has no form: a longer name. */
  targetOf(to: Address): RelayedTarget | undefined {
    const known = this.#targets.get(to);
    if (known !== undefined) return known;
    const header = encodeSocksDatagram(to, noPayload);
    if (header === undefined) return undefined;
    const target = new RelayedTarget(this.relay, to, header);
    this.#targets.set(to, target);
    return target;
  }

  /** @returns The datagram for the relay. No byte of its memory is given twice. */
  wrap({ header }: RelayedTarget, payload: Uint8Array): Uint8Array {
    const bytes = this.#take(header.length + payload.length);
    bytes.set(header);
    bytes.set(payload, header.length);
    return bytes;
  }

  #take(lengthBytes: number): Uint8Array {
    if (this.#usedBytes + lengthBytes > this.#slab.length) {
      this.#slab = new Uint8Array(Math.max(slabBytes, lengthBytes));
      this.#usedBytes = 0;
    }
    const begin = this.#usedBytes;
    this.#usedBytes += lengthBytes;
    return this.#slab.subarray(begin, this.#usedBytes);
  }
}
