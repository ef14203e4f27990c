// Reads the usual reply to an announce: a dictionary of integers and strings, with its peers as bytes (BEP 23). The general
// decoder makes objects for each value and each peer, which costs as much time as the exchange over the network.

import { classifyIp4, formatIp } from "@troupe/protocol/address";
import { clampInterval, compact4Bytes } from "@troupe/protocol/tracker";
import type { NamedPeers } from "../checks/named-peers.ts";

const dictionary = 0x64;
const integer = 0x69;
const end = 0x65;
const colon = 0x3a;
const zero = 0x30;
const nine = 0x39;
/** First letter of the keys of a refusal. */
const failure = 0x66;
/** Longer integers and lengths are left to the general decoder. */
const maxDigits = 9;
/** Peers of a reply that are read, as by the general decoder. */
const maxPeers = 10_000;
const noBytes: Uint8Array = new Uint8Array(0);

/** The last reply that was read. Its peers are a view of the body. */
export class PlainAnnounce implements NamedPeers {
  intervalSeconds = 0;
  #body = noBytes;
  #at = 0;
  #peersAt = 0;
  #peersEnd = 0;

  /**
   * @param body Lent until the peers were read.
   * @returns False for each reply that the general decoder must judge: malformed, a refusal, without an interval, with keys
   *   out of order or values or peers of other kinds, or with a peer that may not be dialled.
   */
  read(body: Uint8Array): boolean {
    this.#body = body;
    this.#at = 1;
    this.#peersAt = 0;
    this.#peersEnd = 0;
    this.intervalSeconds = -1;
    if (body[0] !== dictionary) return false;
    for (let [from, to] = [0, 0]; body[this.#at] !== end;) {
      const keyEnd = this.#readString();
      if (keyEnd < 0) return false;
      const keyAt = this.#stringAt;
      if (to > 0 && !isAscending(body, from, to, keyAt, keyEnd)) return false;
      [from, to] = [keyAt, keyEnd];
      if (!this.#readValue(keyAt, keyEnd)) return false;
    }
    const isWhole = this.#at + 1 === body.length;
    return isWhole && this.intervalSeconds >= 0 && this.#hasSoundPeers();
  }

  get peerCount(): number {
    return (this.#peersEnd - this.#peersAt) / compact4Bytes;
  }

  peerPort(peer: number): number {
    const at = this.#peersAt + peer * compact4Bytes + 4;
    return ((this.#body[at] ?? 0) << 8) | (this.#body[at + 1] ?? 0);
  }

  peerIp4(peer: number): number {
    const at = this.#peersAt + peer * compact4Bytes;
    const [body, byte] = [this.#body, 256];
    const high = (body[at] ?? 0) * byte + (body[at + 1] ?? 0);
    return high * byte * byte + (body[at + 2] ?? 0) * byte + (body[at + 3] ?? 0);
  }

  peerHost(peer: number): string {
    const at = this.#peersAt + peer * compact4Bytes;
    return formatIp(this.#body.subarray(at, at + 4));
  }

  #readValue(keyAt: number, keyEnd: number): boolean {
    const body = this.#body;
    if (body[keyAt] === failure) return false;
    if (body[this.#at] === integer) {
      const value = this.#readInteger();
      if (value < 0 || isKey(body, keyAt, keyEnd, "peers")) return false;
      if (isKey(body, keyAt, keyEnd, "interval")) this.intervalSeconds = clampInterval(value);
      return true;
    }
    const valueEnd = this.#readString();
    if (valueEnd < 0 || isKey(body, keyAt, keyEnd, "peers6")) return false;
    if (isKey(body, keyAt, keyEnd, "peers")) {
      this.#peersAt = this.#stringAt;
      this.#peersEnd = valueEnd;
    }
    return true;
  }

  /** First byte of the string that was read last. */
  #stringAt = 0;

  /** @returns The end of the string; -1 for anything else. */
  #readString(): number {
    const lengthBytes = this.#readDigits(colon);
    if (lengthBytes < 0 || this.#at + lengthBytes > this.#body.length) return -1;
    this.#stringAt = this.#at;
    return (this.#at += lengthBytes);
  }

  #readInteger(): number {
    this.#at++;
    return this.#readDigits(end);
  }

  /** @returns A number without leading zeros that `mark` ends; -1 for anything else. */
  #readDigits(mark: number): number {
    const begin = this.#at;
    let value = 0;
    for (let at = begin; at <= begin + maxDigits; at++) {
      const byte = this.#body[at] ?? 0;
      if (byte === mark && at > begin) {
        this.#at = at + 1;
        return this.#body[begin] === zero && at > begin + 1 ? -1 : value;
      }
      if (byte < zero || byte > nine) return -1;
      value = value * 10 + (byte - zero);
    }
    return -1;
  }

  #hasSoundPeers(): boolean {
    const lengthBytes = this.#peersEnd - this.#peersAt;
    if (lengthBytes % compact4Bytes !== 0 || this.peerCount > maxPeers) return false;
    for (let peer = 0; peer < this.peerCount; peer++) {
      if (this.peerPort(peer) === 0 || classifyIp4(this.peerIp4(peer)) === "refused") return false;
    }
    return true;
  }
}

function isKey(bytes: Uint8Array, from: number, to: number, key: string): boolean {
  if (to - from !== key.length) return false;
  for (let i = 0; i < key.length; i++) if (bytes[from + i] !== key.charCodeAt(i)) return false;
  return true;
}

/** @returns Whether the second range comes after the first one, as bencode sorts keys. */
function isAscending(
  bytes: Uint8Array,
  from: number,
  to: number,
  nextFrom: number,
  nextTo: number,
): boolean {
  for (let i = 0; from + i < to && nextFrom + i < nextTo; i++) {
    const difference = (bytes[nextFrom + i] ?? 0) - (bytes[from + i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return nextTo - nextFrom > to - from;
}
