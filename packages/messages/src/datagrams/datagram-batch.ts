// Datagrams between the owner of a UDP port and its users: those of a turn travel as one message.
//
//   u8   kind: 0 a datagram, 1 a send that the system refused
//   u8   bytes of the host, as text
//   u16  port of the other side, big-endian
//   u16  bytes of the payload, big-endian: of the datagram, or of the system's code
//   …    host, then payload
//
// One such entry follows the other.

import type { Address } from "@troupe/actor-runtime";

/** Entries of a batch; a further one begins the next batch. */
export const mostBatchEntries = 256;
/** Bytes of a batch, unless a single datagram is longer. */
export const mostBatchBytes: number = 128 * 1024;

const headBytes = 6;
/** Longest text of a numeric address, with an IPv4 address at its end. */
const mostHostBytes = 45;
/** Longest payload: that of UDP over IPv4. */
const mostPayloadBytes = 65_535;
const usualBytes = 4_096;

const Kind = { datagram: 0, refusal: 1 } as const;

/** Takes the entries of a batch. */
export interface BatchHandlers {
  /** @param bytes Lent for the duration of the call: a view of the batch. @param address Address of the other side. */
  datagram(bytes: Uint8Array, address: Address): void;
  /** The system refused to send a datagram to `to`. @param code The system's: `ENETUNREACH` … */
  refused(to: Address, code: string): void;
}

/** Collects a batch. Its memory grows to the largest batch, and stays. */
export class BatchWriter {
  #memory = Buffer.allocUnsafeSlow(usualBytes);
  #used = 0;
  #entries = 0;

  /** Entries since the last `take`. */
  get entries(): number {
    return this.#entries;
  }

  /** Bytes since the last `take`. */
  get usedBytes(): number {
    return this.#used;
  }

  /**
   * Copies a datagram, and the address of its other side.
   * @returns False when the batch is full: nothing is added, and after `take` there is room.
   */
  add(bytes: Uint8Array, address: Address): boolean {
    const at = this.#begin(Kind.datagram, address, bytes.length);
    if (at === undefined) return false;
    this.#memory.set(bytes, at);
    return true;
  }

  /** Adds a refused send, as {@link add} does a datagram. */
  addRefusal(to: Address, code: string): boolean {
    const at = this.#begin(Kind.refusal, to, code.length);
    if (at === undefined) return false;
    this.#memory.write(code, at, "latin1");
    return true;
  }

  /** @returns The batch, in memory of its own. */
  take(): Uint8Array {
    const batch = new Uint8Array(this.#memory.subarray(0, this.#used));
    this.#used = 0;
    this.#entries = 0;
    return batch;
  }

  /** @returns Where the payload begins; undefined when the batch is full. */
  #begin(kind: number, { host, port }: Address, payloadBytes: number): number | undefined {
    const bytes = headBytes + host.length + payloadBytes;
    const isFull = this.#entries === mostBatchEntries || this.#used + bytes > mostBatchBytes;
    if (this.#entries > 0 && isFull) return undefined;
    if (host.length > mostHostBytes || payloadBytes > mostPayloadBytes)
      throw new RangeError(`bug: a datagram of ${payloadBytes} bytes, at a host of ${host.length}`);
    this.#reserve(this.#used + bytes);
    const memory = this.#memory;
    let at = this.#used;
    at = memory.writeUInt8(kind, at);
    at = memory.writeUInt8(host.length, at);
    at = memory.writeUInt16BE(port, at);
    at = memory.writeUInt16BE(payloadBytes, at);
    at += memory.write(host, at, "latin1");
    this.#used += bytes;
    this.#entries += 1;
    return at;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#memory.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#memory.length));
    this.#memory.copy(grown, 0, 0, this.#used);
    this.#memory = grown;
  }
}

/** Reads the entries of a batch in their order. @throws {RangeError} for bytes that are no batch. */
export function readBatch(batch: Uint8Array, handlers: BatchHandlers): void {
  const memory = Buffer.from(batch.buffer, batch.byteOffset, batch.length);
  let at = 0;
  while (at < memory.length) {
    const kind = memory.readUInt8(at);
    const hostEnd = at + headBytes + memory.readUInt8(at + 1);
    const port = memory.readUInt16BE(at + 2);
    const end = hostEnd + memory.readUInt16BE(at + 4);
    if (kind > Kind.refusal || hostEnd - at > headBytes + mostHostBytes || end > memory.length)
      throw new RangeError(`bug: a batch of ${memory.length} bytes has no entry at byte ${at}`);
    const address = { host: memory.toString("latin1", at + headBytes, hostEnd), port };
    if (kind === Kind.datagram) handlers.datagram(batch.subarray(hostEnd, end), address);
    else handlers.refused(address, memory.toString("latin1", hostEnd, end));
    at = end;
  }
}
