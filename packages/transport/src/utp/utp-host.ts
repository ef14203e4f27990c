import type { Address, Clock, Timers } from "@troupe/actor-runtime";

import { DatagramSlab } from "./datagram-slab.ts";
import type { HeldMemory } from "./held-memory.ts";

/** Counters of all connections. */
export interface UtpCounters {
  /** Bytes of datagrams. */
  receivedBytes: number;
  sentBytes: number;
  receivedPackets: number;
  sentPackets: number;
  /** Packets that were sent again. */
  resentPackets: number;
  /** Datagrams that are no uTP, belong to no connection, or lie outside the windows of theirs. */
  droppedPackets: number;
  /** Resets in answer to unknown senders. */
  resets: number;
}

/** A connection with packets to send. */
interface Flushed {
  flush(): void;
}

/** The services of a table for its connections. */
export class UtpHost {
  readonly timers: Timers;
  readonly memory: HeldMemory;
  readonly targetMs: number;
  readonly slab: DatagramSlab;
  readonly counters: UtpCounters = {
    receivedBytes: 0,
    sentBytes: 0,
    receivedPackets: 0,
    sentPackets: 0,
    resentPackets: 0,
    droppedPackets: 0,
    resets: 0,
  };
  /** Window of each connection. */
  windowBytes = 0;
  /** Time of this call of the table: read once for a datagram, a batch of packets or a timer. */
  nowMs: number;
  readonly #clock: Clock;
  readonly #send: (bytes: Uint8Array, to: Address) => void;
  #waiting: Flushed[] = [];
  #isPlanned = false;
  readonly #flushAll = (): void => {
    this.#isPlanned = false;
    this.flushAll();
  };

  constructor(
    ports: { readonly clock: Clock; readonly timers: Timers },
    memory: { readonly held: HeldMemory; readonly slab: DatagramSlab | undefined },
    targetMs: number,
    send: (bytes: Uint8Array, to: Address) => void,
  ) {
    this.#clock = ports.clock;
    this.timers = ports.timers;
    this.memory = memory.held;
    this.slab = memory.slab ?? new DatagramSlab();
    this.targetMs = targetMs;
    this.nowMs = ports.clock.nowMs();
    this.#send = send;
  }

  /** A call from outside begins. */
  readClock(): void {
    this.nowMs = this.#clock.nowMs();
  }

  /** @param bytes Memory of the slab: the receiver of the call owns it from now on. */
  send(bytes: Uint8Array, to: Address): void {
    this.counters.sentPackets++;
    this.counters.sentBytes += bytes.length;
    this.#send(bytes, to);
  }

  /** The connection is flushed at the end of the batch of datagrams. The caller asks once. */
  flushWithBatch(connection: Flushed): void {
    this.#waiting.push(connection);
  }

  /** The connection is flushed at the end of this turn, or of the batch of datagrams. The caller asks once. */
  flushSoon(connection: Flushed): void {
    this.#waiting.push(connection);
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.timers.soon(this.#flushAll);
  }

  /** Connections may ask again meanwhile. */
  flushAll(): void {
    if (this.#waiting.length === 0) return;
    this.readClock();
    const waiting = this.#waiting;
    for (let at = 0; at < waiting.length; at++) waiting[at]?.flush();
    waiting.length = 0;
  }
}
