import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";
import { Scheduler, SeededRandom } from "@troupe/actor-runtime/simulated";

import { type UtpOptions, UtpSockets } from "../../src/utp/index.ts";

/** One direction of a virtual line. */
export interface LineRules {
  readonly delayMs: number;
  /** Default: without limit. */
  readonly bytesPerSecond?: number;
  /** Bytes that wait for the line; further datagrams are dropped. Default 4 MiB. */
  readonly queueBytes?: number;
  /** Chance from 0 to 1. */
  readonly loss?: number;
  readonly duplicates?: number;
  /** Chance that a datagram takes up to `reorderMs` longer. */
  readonly reordering?: number;
  readonly reorderMs?: number;
  /** Longest datagram that passes; longer ones vanish. */
  readonly mostBytes?: number;
}

/** Options of a pair. */
export interface PairOptions {
  readonly line: LineRules;
  readonly seed?: string;
  /** Parts per million by which the second clock is faster. */
  readonly driftPpm?: number;
  /** Where the clocks begin. */
  readonly clockMs?: number;
  /** Ids and sequence numbers begin here, and count up. */
  readonly counter?: number;
  readonly options?: UtpOptions;
}

/** IPv4 and UDP. */
const headerBytes = 28;

export const first: Address = { host: "10.0.0.1", port: 6881 };
export const second: Address = { host: "10.0.0.2", port: 6882 };

/** Datagrams on their way to one side, which arrive in batches. */
class Direction {
  rules: LineRules;
  sentBytes = 0;
  droppedPackets = 0;
  /** Seen by tests; may change or drop what passes. */
  filter: (bytes: Uint8Array) => boolean = () => true;
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #arrive: (bytes: Uint8Array) => void;
  readonly #batchEnded: () => void;
  #waiting: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  #freeAtMs = 0;
  #wakesAtMs = Infinity;

  constructor(
    scheduler: Scheduler,
    random: SeededRandom,
    rules: LineRules,
    target: { readonly arrive: (bytes: Uint8Array) => void; readonly batchEnded: () => void },
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.rules = rules;
    this.#arrive = target.arrive;
    this.#batchEnded = target.batchEnded;
  }

  /** Time that a datagram would wait for the line now. */
  get queuedMs(): number {
    return Math.max(this.#freeAtMs - this.#scheduler.nowMs, 0);
  }

  send(bytes: Uint8Array): void {
    this.sentBytes += bytes.length;
    const { loss = 0, duplicates = 0, mostBytes = Infinity } = this.rules;
    if (!this.filter(bytes) || bytes.length > mostBytes) return void this.droppedPackets++;
    if (loss > 0 && this.#random.next() < loss) return void this.droppedPackets++;
    const copies = duplicates > 0 && this.#random.next() < duplicates ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#carry(bytes);
  }

  #carry(bytes: Uint8Array): void {
    const { delayMs, bytesPerSecond = Infinity, queueBytes = 4_194_304 } = this.rules;
    const { nowMs } = this.#scheduler;
    const waitsMs = Math.max(this.#freeAtMs - nowMs, 0);
    if ((waitsMs / 1_000) * bytesPerSecond > queueBytes) return void this.droppedPackets++;
    this.#freeAtMs = nowMs + waitsMs + ((bytes.length + headerBytes) / bytesPerSecond) * 1_000;
    const { reordering = 0, reorderMs = 0 } = this.rules;
    const isLate = reordering > 0 && this.#random.next() < reordering;
    const atMs = this.#freeAtMs + delayMs + (isLate ? this.#random.next() * reorderMs : 0);
    this.#waiting.push({ atMs, bytes });
    this.#wakeAt(atMs);
  }

  /** A network card interrupts a few times in a millisecond: datagrams come in batches. */
  #wakeAt(atMs: number): void {
    const slotMs = Math.ceil(atMs * 4) / 4;
    if (slotMs >= this.#wakesAtMs) return;
    this.#wakesAtMs = slotMs;
    this.#scheduler.at(slotMs, () => this.#deliver(slotMs));
  }

  #deliver(slotMs: number): void {
    if (this.#wakesAtMs === slotMs) this.#wakesAtMs = Infinity;
    const { nowMs } = this.#scheduler;
    const due = this.#waiting.filter(({ atMs }) => atMs <= nowMs);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ atMs }) => atMs > nowMs);
    for (const { bytes } of due.toSorted((a, b) => a.atMs - b.atMs)) {
      // The memory is lent for the call alone.
      const lent = bytes.slice();
      this.#arrive(lent);
      lent.fill(0xa5);
    }
    this.#batchEnded();
    const nextMs = this.#waiting.reduce((least, { atMs }) => Math.min(least, atMs), Infinity);
    if (nextMs < Infinity) this.#wakeAt(nextMs);
  }
}

/** Two tables of connections over a virtual line. The first dials, the second accepts. */
export class UtpPair {
  readonly scheduler = new Scheduler();
  readonly toSecond: Direction;
  readonly toFirst: Direction;
  readonly a: UtpSockets;
  readonly b: UtpSockets;

  constructor({ line, seed = "utp", driftPpm = 0, clockMs = 0, counter, options }: PairOptions) {
    const { scheduler } = this;
    const random = new SeededRandom(seed);
    this.toSecond = new Direction(scheduler, random.fork("there"), line, {
      arrive: (bytes) => this.b.received(bytes, { ...first }),
      batchEnded: () => this.b.batchEnded(),
    });
    this.toFirst = new Direction(scheduler, random.fork("back"), line, {
      arrive: (bytes) => this.a.received(bytes, { ...second }),
      batchEnded: () => this.a.batchEnded(),
    });
    const side = (name: string, speed: number, send: (bytes: Uint8Array) => void) => {
      const clock = {
        ...scheduler.clock,
        nowMs: () => clockMs + scheduler.nowMs * speed,
      };
      const numbers = countingRandom(random.fork(name), counter);
      const ports = { clock, timers: scheduler.timers, random: numbers };
      return new UtpSockets(ports, send, options);
    };
    this.a = side("a", 1, (bytes) => this.toSecond.send(bytes));
    this.b = side("b", 1 + driftPpm / 1_000_000, (bytes) => this.toFirst.send(bytes));
  }

  set line(rules: LineRules) {
    this.toSecond.rules = rules;
    this.toFirst.rules = rules;
  }

  /** Dials from the first to the second side, which is heard by `accepted`. */
  connect(dialled: Partial<End> = {}, accepted: Partial<End> = {}): Connected {
    const ends: Connected = { dialled: new End(dialled), accepted: new End(accepted) };
    this.b.accept = (stream) => {
      ends.accepted.stream = stream;
      return ends.accepted;
    };
    ends.dialled.stream = this.a.dial(second, ends.dialled, { timeoutMs: 15_000 });
    return ends;
  }
}

/** The two ends of a connection. */
export interface Connected {
  readonly dialled: End;
  readonly accepted: End;
}

/** Remembers what happens to a stream. */
export class End implements StreamHandlers {
  stream: Stream | undefined;
  isOpened = false;
  /** Undefined while the stream is open. */
  end: { readonly reason: string | undefined } | undefined;
  closedTimes = 0;
  receivedBytes = 0;
  readonly chunks: Uint8Array[] = [];
  onBytes: ((chunk: Uint8Array, stream: Stream) => void) | undefined;
  onDrained: (() => void) | undefined;
  keepsBytes = true;

  constructor(set: Partial<End>) {
    Object.assign(this, set);
  }

  get bytesSoFar(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  opened(): void {
    this.isOpened = true;
  }

  bytes(stream: Stream, chunk: Uint8Array): void {
    this.receivedBytes += chunk.length;
    if (this.keepsBytes) this.chunks.push(chunk.slice());
    this.onBytes?.(chunk, stream);
  }

  drained(): void {
    this.onDrained?.();
  }

  closed(_stream: Stream, reason: string | undefined): void {
    this.closedTimes++;
    this.end = { reason };
  }
}

function countingRandom(random: SeededRandom, counter: number | undefined): SeededRandom {
  if (counter === undefined) return random;
  let next = counter;
  const counting = Object.create(random) as SeededRandom;
  counting.integer = (below) => next++ % below;
  counting.bytes = () => Uint8Array.of(next >> 8, next++);
  return counting;
}
