// Writes bencode byte by byte into memory that is used again: a datagram takes one allocation.

import { Mark } from "../../bencode/bencode-tape.ts";
import { krpcLimits } from "./krpc-messages.ts";

/** The longest runs are set at once: byte by byte they would cost more. */
const shortRunBytes = 64;

/** Writes one datagram after the other. */
export class KrpcWriter {
  /** What goes beyond is not written, and shows in the length. */
  readonly #bytes = new Uint8Array(2 * krpcLimits.maxSentItemBytes);
  #at = 0;

  /** Begins a datagram. */
  start(): void {
    this.#at = 0;
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

  /** Ends the datagram. @throws A bug of the caller: more than `maxBytes`. */
  take(maxBytes: number): Uint8Array {
    const lengthBytes = this.#at;
    if (lengthBytes > maxBytes) {
      throw new Error(`bug: a datagram of ${lengthBytes} bytes, allowed are ${maxBytes}`);
    }
    return this.#bytes.slice(0, lengthBytes);
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
    if (this.#at + end - start <= this.#bytes.length) {
      this.#bytes.set(source.subarray(start, end), this.#at);
    }
    this.#at += end - start;
  }

  #digits(value: number): void {
    if (value >= 10) this.#digits(Math.trunc(value / 10));
    this.#bytes[this.#at++] = Mark.digit0 + (value % 10);
  }
}
