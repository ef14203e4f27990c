// One raw connection in the hands of a misbehaving peer: bytes out at a pace, and what was heard, understood just far
// enough to misbehave with purpose. It knows no rule, so that every one can be broken.

import type { Ports } from "@troupe/actor-runtime";
import {
  encodeHandshake,
  handshakeLengthBytes,
  type HashRequest,
  ownReservedBits,
} from "@troupe/protocol/peer";
import type { InfoHash } from "@troupe/protocol/units";
import { many } from "./frames.ts";
import { RemoteState, type BlockRequest } from "./remote-state.ts";

/** More than this queued here, and the peer waits. */
const littleQueuedBytes = 65_536;
/** Messages that are repeated without end are sent in groups of so many bytes. */
const repeatedBytes = 4_096;

/** The torrent that the other side has. */
export interface Target {
  readonly infoHash: InfoHash;
  readonly totalBytes: number;
  readonly pieceLengthBytes: number;
  /** Bytes of the metadata; for peers that pretend to have it. */
  readonly metadataBytes?: number;
  /** Undefined for a torrent of version 1. */
  readonly tree?: TargetTree | undefined;
  /** Bytes of the torrent, for peers that serve some of it rightly. */
  readonly content: (position: number, lengthBytes: number) => Uint8Array;
}

/** The hash tree of the largest file of a torrent (BEP 52). */
export interface TargetTree {
  /** The info-hash of version 2 as handshakes name it. */
  readonly infoHash: InfoHash;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Layers above the leaves. */
  readonly height: number;
  /** Layer of the nodes of pieces; that of the root in a file of one piece. */
  readonly pieceLayer: number;
}

/** The carrier of the bytes: a stream. */
export interface Wire {
  readonly queuedBytes: number;
  write(bytes: Uint8Array): unknown;
  pause(): void;
  resume(): void;
  /** Sends what is queued, then nothing more; keeps listening where the carrier can. */
  end(): void;
  /** Closes at once, by a reset. */
  reset(): void;
}

/** How one connection is driven. */
export interface RawConnectionOptions {
  readonly target: Target;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly ports: Pick<Ports, "random" | "timers">;
  /** Bytes a second that it sends at most; `Infinity` by default. */
  readonly bytesPerSecond?: number;
}

/** The connection was closed while the peer was about to continue. */
export class RawConnectionClosed extends Error {
  constructor() {
    super("the connection is closed");
    this.name = "RawConnectionClosed";
  }
}

/** One connection. Counts what goes over it. */
export class RawConnection {
  readonly target: Target;
  readonly peerId: Uint8Array;
  /** Settles when the connection is closed, by either side. */
  readonly closed: Promise<void>;
  /** Bytes handed to the carrier. */
  sentBytes = 0;
  /** Bytes that came from the other side. */
  heardBytes = 0;
  /** System code of the end; undefined while it is open and for an orderly one. */
  closeReason: string | undefined;
  readonly #options: RawConnectionOptions;
  readonly #remote = new RemoteState();
  readonly #markClosed: () => void;
  readonly #waiting = new Set<() => void>();
  #wire: Wire | undefined;
  #isClosed = false;
  #isDeaf = false;

  constructor(options: RawConnectionOptions) {
    this.target = options.target;
    this.peerId = options.peerId;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#markClosed = resolve;
  }

  /** It reads nothing, and may not hear of its end. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Random bytes. */
  noise(lengthBytes: number): Uint8Array {
    return this.#options.ports.random.bytes(lengthBytes);
  }

  get pieceCount(): number {
    return Math.ceil(this.target.totalBytes / this.target.pieceLengthBytes);
  }

  /** Sends bytes; settles when it may send more. @throws RawConnectionClosed */
  async send(...chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = chunks.length === 1 ? (chunks[0] ?? new Uint8Array(0)) : Buffer.concat(chunks);
    const wire = this.#openWire();
    this.sentBytes += bytes.length;
    wire.write(bytes);
    const { bytesPerSecond = Infinity } = this.#options;
    if (bytesPerSecond < Infinity) await this.pause((1_000 * bytes.length) / bytesPerSecond);
    await this.until(() => wire.queuedBytes <= littleQueuedBytes);
  }

  /** Says the same again and again. @throws RawConnectionClosed: it ends in no other way. */
  async sendForEver(...chunks: readonly Uint8Array[]): Promise<never> {
    const once = Buffer.concat(chunks);
    // A call a message keeps the thread, which may be that of the other side, for seconds until the system's buffers are full.
    const bytes = many(Math.ceil(repeatedBytes / once.length), once);
    for (;;) await this.send(bytes);
  }

  /** Sends the chunks again and again at a pace. @throws RawConnectionClosed: it ends in no other way. */
  async sendEvery(periodMs: number, ...chunks: readonly Uint8Array[]): Promise<never> {
    for (;;) {
      await this.send(...chunks);
      await this.pause(periodMs);
    }
  }

  /** Says something byte by byte. @throws RawConnectionClosed */
  async trickle(periodMs: number, bytes: Uint8Array): Promise<void> {
    for (const byte of bytes) {
      // One after the other.
      // oxlint-disable-next-line no-await-in-loop
      await this.send(Uint8Array.of(byte));
      // oxlint-disable-next-line no-await-in-loop
      await this.pause(periodMs);
    }
  }

  /** Lets time pass. @throws RawConnectionClosed */
  async pause(durationMs: number): Promise<void> {
    this.#openWire();
    let isOver = false;
    const timer = this.#options.ports.timers.after(durationMs, () => {
      isOver = true;
      this.#wake();
    });
    try {
      await this.until(() => isOver);
    } finally {
      timer.cancel();
    }
  }

  /** Sends our handshake and hears the other one. @throws RawConnectionClosed */
  async shakeHands(
    over: {
      readonly peerId?: Uint8Array;
      readonly infoHash?: InfoHash;
      readonly reserved?: Uint8Array;
    } = {},
  ): Promise<void> {
    await this.send(this.handshake(over));
    await this.until(() => this.#remote.handshake !== undefined);
  }

  /** Our handshake, or one that differs. */
  handshake(
    over: {
      readonly peerId?: Uint8Array;
      readonly infoHash?: InfoHash;
      readonly reserved?: Uint8Array;
    } = {},
  ): Uint8Array {
    const { infoHash } = this.target;
    return encodeHandshake({ infoHash, peerId: this.peerId, reserved: ownReservedBits(), ...over });
  }

  /** The peer id of the other side. @throws RawConnectionClosed when it never says it. */
  async remotePeerId(): Promise<Uint8Array> {
    await this.until(() => this.#remote.handshake !== undefined);
    return (this.#remote.handshake ?? new Uint8Array(handshakeLengthBytes)).subarray(48);
  }

  /** A piece that the other side says it has. @throws RawConnectionClosed when it never has any. */
  async remotePiece(): Promise<number> {
    await this.until(() => this.#remote.firstPiece !== undefined);
    return this.#remote.firstPiece ?? 0;
  }

  /** Settles when the other side lets us ask. @throws RawConnectionClosed when it never does. */
  async unchoked(): Promise<void> {
    await this.until(() => this.#remote.isUnchoked);
  }

  /** The oldest request of the other side that was not taken yet. @throws RawConnectionClosed */
  async nextRequest(): Promise<BlockRequest> {
    await this.until(() => this.#remote.requests.length > 0);
    return this.#remote.requests.shift() ?? { piece: 0, begin: 0, lengthBytes: 0 };
  }

  /** The oldest hash request of the other side that was not taken yet. @throws RawConnectionClosed */
  async nextHashRequest(): Promise<HashRequest> {
    await this.until(() => this.#remote.hashRequests.length > 0);
    const [request] = this.#remote.hashRequests.splice(0, 1);
    if (request === undefined) throw new RawConnectionClosed();
    return request;
  }

  /** The oldest block of metadata that the other side requested and that was not taken yet. @throws RawConnectionClosed */
  async nextMetadataRequest(): Promise<number> {
    await this.until(() => this.#remote.metadataRequests.length > 0);
    return this.#remote.metadataRequests.shift() ?? 0;
  }

  /** Reads nothing from now on; what the other side sends fills the buffers between. */
  stopReading(): void {
    this.#isDeaf = true;
    this.#wire?.pause();
  }

  resumeReading(): void {
    this.#isDeaf = false;
    this.#wire?.resume();
  }

  /** Says nothing more, and keeps listening. */
  endSending(): void {
    this.#wire?.end();
  }

  /** Ends the connection at once. */
  close(): void {
    this.#wire?.reset();
  }

  /** For the carrier: the connection stands. */
  attach(wire: Wire): void {
    this.#wire = wire;
  }

  /** For the carrier. */
  receive(chunk: Uint8Array): void {
    this.heardBytes += chunk.length;
    this.#remote.receive(chunk);
    this.#wake();
  }

  /** For the carrier: its queue is empty. */
  drained(): void {
    this.#wake();
  }

  /** For the carrier: the end. */
  markClosed(reason: string | undefined): void {
    this.#isClosed = true;
    this.closeReason = reason;
    this.#markClosed();
    this.#wake();
  }

  /** Settles when `holds`; looks again whenever something happens. @throws RawConnectionClosed */
  async until(holds: () => boolean): Promise<void> {
    for (;;) {
      this.#openWire();
      if (holds()) return;
      // One happening after the other.
      // oxlint-disable-next-line no-await-in-loop
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #openWire(): Wire {
    if (this.#wire === undefined || this.#isClosed) throw new RawConnectionClosed();
    return this.#wire;
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
