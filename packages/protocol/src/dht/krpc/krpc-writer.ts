// Writes bencode byte by byte into a block of memory that many datagrams share: memory of its own would cost a datagram more
// than all its bytes.

import { Mark } from "../../bencode/bencode-tape.ts";
import { copyBytes } from "../../bytes/copy-bytes.ts";
import { krpcLimits } from "./krpc-messages.ts";

/** Longer runs are copied at once: byte by byte they would cost more. */
const shortRunBytes = 64;
const blockBytes = 65_536;
/**
 * Room that each datagram has in the block. `take` throws for a longer one, and the next datagram overwrites its bytes.
 */
const roomBytes = 2 * krpcLimits.maxSentItemBytes;

/** Writes one datagram after the other. */
export class KrpcWriter {
  #bytes: Uint8Array = new Uint8Array(blockBytes);
  #start = 0;
  #at = 0;

  /** Begins a datagram. */
  start(): void {
    if (this.#start + roomBytes > this.#bytes.length) {
      this.#bytes = new Uint8Array(blockBytes);
      this.#start = 0;
    }
    this.#at = this.#start;
  }

  /** Writes syntax, and keys with their lengths. */
  text(ascii: string): void {
    for (let i = 0; i < ascii.length; i++) this.#bytes[this.#at++] = ascii.charCodeAt(i);
  }

  /** Writes a key with its length, and a string. */
  field(key: string, content: Uint8Array): void {
    this.text(key);
    this.#string(content, 0, content.length);
  }

  /** Writes a key with its length, and a list of strings of equal length, which lie one after the other. */
  strings(key: string, content: Uint8Array, entryBytes: number): void {
    this.text(key);
    this.#bytes[this.#at++] = Mark.list;
    for (let from = 0; from < content.length; from += entryBytes) {
      this.#string(content, from, from + entryBytes);
    }
    this.#bytes[this.#at++] = Mark.end;
  }

  /** Writes a key with its length, and a value that is encoded already. */
  encoded(key: string, value: Uint8Array): void {
    this.text(key);
    this.#run(value, 0, value.length);
  }

  /**
   * Ends the datagram.
   *
   * @returns A view of memory that is not written again. @throws A bug of the caller: more than `maxBytes`.
   */
  take(maxBytes: number): Uint8Array {
    const lengthBytes = this.#at - this.#start;
    if (lengthBytes > maxBytes) {
      throw new Error(`bug: a datagram of ${lengthBytes} bytes, allowed are ${maxBytes}`);
    }
    const datagram = this.#bytes.subarray(this.#start, this.#at);
    this.#start = this.#at;
    return datagram;
  }

  #string(source: Uint8Array, start: number, end: number): void {
    this.#digits(end - start);
    this.#bytes[this.#at++] = Mark.colon;
    this.#run(source, start, end);
  }

  #run(source: Uint8Array, start: number, end: number): void {
    if (end - start <= shortRunBytes) {
      for (let i = start; i < end; i++) this.#bytes[this.#at++] = source[i] ?? 0;
      return;
    }
    copyBytes(source, start, end, this.#bytes, this.#at);
    this.#at += end - start;
  }

  #digits(value: number): void {
    if (value >= 10) this.#digits(Math.trunc(value / 10));
    this.#bytes[this.#at++] = Mark.digit0 + (value % 10);
  }
}
