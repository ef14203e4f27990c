// The streams of a uTP table under fuzzing: what the application hears, and how it behaves inside the calls.

import type { Stream, StreamHandlers } from "@troupe/actor-runtime";

import { hold } from "../engine/oracle.ts";

/** Values of the bytes that are written: the offset in the stream modulo this. */
const writtenCycle = 251;

/** Acts of an application inside the call that hands over bytes. */
const acts: readonly ((stream: FuzzedStream) => void)[] = [
  () => undefined,
  ({ stream }) => stream?.pause(),
  ({ stream }) => stream?.end(),
  ({ stream }) => stream?.destroy(),
  ({ stream }) => stream?.reset(),
  (fuzzed) => fuzzed.write(3_000),
];

/**
 * Payload of a packet of the other side, by its sequence number, so that a stream shows which packets it got, in which
 * order: 2 to 10 bytes that repeat the number.
 */
export function payloadOf(seq: number): Uint8Array {
  const pairs = 1 + (seq % 5);
  return Uint8Array.from({ length: 2 * pairs }, (_, at) => (at % 2 === 0 ? seq >> 8 : seq & 255));
}

/** One stream, held to the contract of streams. */
export class FuzzedStream implements StreamHandlers {
  stream: Stream | undefined;
  /** Undefined while the stream is open. */
  end: { readonly reason: string | undefined } | undefined;
  receivedBytes = 0;
  /** Whether all packets have carried the payload of their numbers. */
  isExact: boolean;
  /** Index of what the application does when it gets bytes. */
  act = 0;
  #isOpened = false;
  #writes = 0;
  #written = 0;
  #writtenBytes = 0;
  /** Sequence number whose payload comes next; undefined before the first. */
  #nextSeq: number | undefined;
  #rest = new Uint8Array(0);

  constructor(isExact: boolean) {
    this.isExact = isExact;
  }

  opened(): void {
    hold(!this.#isOpened && this.end === undefined, "a stream opens twice, or after its end");
    this.#isOpened = true;
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    hold(this.end === undefined, "bytes after the end");
    hold(chunk.length > 0, "no bytes");
    this.receivedBytes += chunk.length;
    if (this.isExact) this.#follow(chunk);
    acts[this.act % acts.length]?.(this);
  }

  closed(_stream: Stream, reason: string | undefined): void {
    hold(this.end === undefined, "a stream ends twice");
    this.end = { reason };
  }

  /** Writes bytes whose values count up, over all writes. */
  write(lengthBytes: number): void {
    if (this.stream === undefined || this.end !== undefined) return;
    const begin = this.#writtenBytes;
    const bytes = new Uint8Array(lengthBytes);
    for (let at = 0; at < lengthBytes; at++) bytes[at] = (begin + at) % writtenCycle;
    this.#writtenBytes += lengthBytes;
    this.#writes++;
    this.stream.write(bytes, () => void this.#written++);
  }

  /** The table is closed, and time has passed. */
  holdEnded(): void {
    hold(this.end !== undefined, "a stream without an end");
    hold(this.#written === this.#writes, () => `${this.#written} of ${this.#writes} writes told`);
  }

  /** Packets must come whole, in order, each once. */
  #follow(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at + 2 <= bytes.length) {
      const seq = bytes.readUInt16BE(at);
      hold(this.#nextSeq === undefined || seq === this.#nextSeq, `${seq} for ${this.#nextSeq}`);
      const payload = payloadOf(seq);
      const got = bytes.subarray(at, at + payload.length);
      if (got.length < payload.length) break;
      hold(Buffer.compare(got, payload) === 0, "a changed payload");
      this.#nextSeq = (seq + 1) & 0xffff;
      at += payload.length;
    }
    this.#rest = new Uint8Array(bytes.subarray(at));
  }
}

/** Payloads of the packets that one connection sent: a packet that is sent again is the same, and none has a gap before it. */
export class SentPayloads {
  readonly #bySeq = new Map<number, { readonly first: number; readonly lengthBytes: number }>();

  /** Checks the payload of a packet of type data. */
  add(seq: number, payload: Uint8Array): void {
    const [first] = payload;
    if (first === undefined) return;
    for (const [at, byte] of payload.entries())
      hold(byte === (first + at) % writtenCycle, "bytes in another order");
    const known = this.#bySeq.get(seq);
    hold(
      known === undefined || (known.first === first && known.lengthBytes === payload.length),
      "a packet is sent again with other bytes",
    );
    const before = this.#bySeq.get((seq - 1) & 0xffff);
    hold(
      before === undefined || first === (before.first + before.lengthBytes) % writtenCycle,
      "bytes are left out, or come twice",
    );
    this.#bySeq.set(seq, { first, lengthBytes: payload.length });
  }
}
