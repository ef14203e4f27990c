import type { Address, Stream, StreamHandlers } from "../../ports/sockets.ts";
import type { Timer } from "../../ports/timers.ts";
import { sha1 } from "../../io/system/node-sha1.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SimulatedRoute } from "./simulated-route.ts";
import { WriteQueue } from "./write-queue.ts";

/** Under way to an end or unread there. */
const windowBytes = 256 * 1024;

/** Below it a write returns true. */
const littleQueuedBytes = 64 * 1024;

/** As in real streams. */
const lingerMs = 10_000;

/** Exposes readers that keep a chunk after its read. */
const staleByte = 0xa5;

/** The world of a stream. */
export interface StreamWorld {
  readonly scheduler: Scheduler;
  readonly trace: (what: string) => void;
}

/**
 * One end of a simulated connection: sends over `route` in chunks of seeded lengths. Events of the other side keep
 * their order.
 */
export class SimulatedStream implements Stream {
  readonly remote: Address;
  readonly local: Address;
  /** Undefined during a dial. */
  #peer: SimulatedStream | undefined;
  readonly #world: StreamWorld;
  readonly #route: SimulatedRoute;
  readonly #queue = new WriteQueue();
  readonly #unread: Uint8Array[] = [];
  /** Writes that end in the departing chunk. */
  #leaving: (() => void)[] = [];
  #handlers: StreamHandlers | undefined;
  #deadline: Timer | undefined;
  /** Sent and not read by the other end. */
  #outstandingBytes = 0;
  /** Arrival time of the last chunk, which the next must not overtake. */
  #lastArrivalMs = 0;
  #isOpen = false;
  #isSending = false;
  #isPaused = false;
  #wantsDrained = false;
  /** After `end`: drops arriving bytes. */
  #isDeaf = false;
  #isEnding = false;
  #hasSentEnd = false;
  #hasEndWaiting = false;
  #hasReceivedEnd = false;
  #isClosed = false;

  constructor(world: StreamWorld, route: SimulatedRoute, local: Address, remote: Address) {
    this.#world = world;
    this.#route = route;
    this.local = local;
    this.remote = remote;
  }

  answerTo(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  openWithin(timeoutMs: number): void {
    this.#deadline = this.#world.scheduler.after(timeoutMs, () => this.fail("dial-timeout"));
  }

  /** This end is open at once; its first signal opens `dialled`. */
  accept(dialled: SimulatedStream): void {
    this.#peer = dialled;
    this.#isOpen = true;
    this.#trace("accepted");
    this.#signal(() => dialled.#open(this));
  }

  /** Sends the queue. A dial given up meanwhile is reset. */
  #open(accepted: SimulatedStream): void {
    this.#peer = accepted;
    if (this.#isClosed) return this.#signal(() => accepted.fail("ECONNRESET"));
    this.#isOpen = true;
    if (!this.#isEnding) this.#deadline?.cancel();
    this.#trace("opened");
    this.#handlers?.opened?.(this);
    this.#send();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get queuedBytes(): number {
    return this.#queue.queuedBytes;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    if (this.#isClosed || this.#isEnding) {
      if (written !== undefined) this.#world.scheduler.timers.soon(written);
      return true;
    }
    this.#queue.add(bytes, written);
    this.#send();
    if (this.#queue.queuedBytes <= littleQueuedBytes) return true;
    this.#wantsDrained = true;
    return false;
  }

  pause(): void {
    if (!this.#isDeaf) this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#world.scheduler.timers.soon(() => this.#readOn());
  }

  end(): void {
    if (this.#isClosed || this.#isDeaf) return;
    this.resume();
    this.#isDeaf = true;
    this.#endSending();
  }

  destroy(): void {
    if (this.#isClosed) return;
    const peer = this.#peer;
    const leavesUnread =
      this.#unread.length > 0 || (peer !== undefined && peer.#outstandingBytes > 0);
    if (this.#isOpen && !this.#hasSentEnd) {
      this.#signal(() => (leavesUnread ? peer?.fail("ECONNRESET") : peer?.receiveEnd()));
    }
    this.#close(undefined);
  }

  fail(reason: string): void {
    if (!this.#isClosed) this.#close(reason);
  }

  /** As the line and the other end's window allow. */
  #send(): void {
    if (!this.#isOpen || this.#isSending || this.#isClosed || this.#hasSentEnd) return;
    const roomBytes = windowBytes - this.#outstandingBytes;
    if (this.#queue.queuedBytes > 0 && roomBytes > 0) this.#sendChunk(roomBytes);
    else if (this.#isEnding && this.#queue.queuedBytes === 0) this.#sendEnd();
  }

  #sendChunk(roomBytes: number): void {
    const route = this.#route;
    if (route.isBlackHole) return route.whenOpen(() => this.#send());
    if (route.breaksConnection()) return this.#break();
    const lengthBytes = route.chunkBytes(Math.min(roomBytes, this.#queue.queuedBytes));
    const { chunk, written } = this.#queue.take(lengthBytes);
    this.#outstandingBytes += chunk.byteLength;
    this.#isSending = true;
    this.#leaving = written;
    const departureMs = this.#carry(chunk.byteLength, () => this.#peer?.arrive(chunk));
    this.#world.scheduler.at(departureMs, () => {
      this.#isSending = false;
      this.#giveBack();
      this.#drain();
      this.#send();
    });
  }

  #giveBack(): void {
    const written = this.#leaving;
    this.#leaving = [];
    for (const task of written) task();
  }

  #sendEnd(): void {
    const route = this.#route;
    if (route.isBlackHole) return route.whenOpen(() => this.#send());
    this.#hasSentEnd = true;
    this.#signal(() => this.#peer?.receiveEnd());
    this.#closeIfOver();
  }

  /** Does not occupy the line. */
  #signal(arrive: () => void): void {
    if (this.#route.isBlackHole) this.#route.whenOpen(() => this.#signal(arrive));
    else this.#carry(0, arrive);
  }

  /** After all earlier arrivals. @returns the departure time. */
  #carry(lengthBytes: number, arrive: () => void): number {
    const { scheduler } = this.#world;
    const departureMs = this.#route.departureMs(scheduler.nowMs, lengthBytes);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, departureMs + this.#route.travelMs());
    scheduler.at(this.#lastArrivalMs, arrive);
    return departureMs;
  }

  #drain(): void {
    if (!this.#wantsDrained || this.#queue.queuedBytes > 0 || this.#isClosed) return;
    this.#wantsDrained = false;
    this.#handlers?.drained?.(this);
  }

  arrive(chunk: Uint8Array): void {
    const peer = this.#peer;
    if (this.#isClosed) {
      // As real systems do for unknown connections.
      return this.#signal(() => peer?.fail("ECONNRESET"));
    }
    if (this.#isPaused || this.#unread.length > 0) this.#unread.push(chunk);
    else this.#read(chunk);
  }

  #read(chunk: Uint8Array): void {
    const lengthBytes = chunk.byteLength;
    if (!this.#isDeaf) {
      this.#trace(`bytes ${lengthBytes} ${checksum(chunk)}`);
      this.#handlers?.bytes(this, chunk);
      chunk.fill(staleByte);
    }
    const peer = this.#peer;
    if (peer === undefined) return;
    peer.#outstandingBytes -= lengthBytes;
    peer.#send();
  }

  #readOn(): void {
    while (!this.#isPaused && !this.#isClosed) {
      const chunk = this.#unread.shift();
      if (chunk === undefined) break;
      this.#read(chunk);
    }
    if (this.#hasEndWaiting && this.#unread.length === 0 && !this.#isPaused) this.receiveEnd();
  }

  /** Handled after the bytes before. */
  receiveEnd(): void {
    if (this.#isClosed) return;
    this.#hasEndWaiting = this.#isPaused || this.#unread.length > 0;
    if (this.#hasEndWaiting) return;
    this.#hasReceivedEnd = true;
    this.#endSending();
    this.#closeIfOver();
  }

  #endSending(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#deadline?.cancel();
    this.#deadline = this.#world.scheduler.after(lingerMs, () => this.destroy());
    this.#send();
  }

  #closeIfOver(): void {
    if (this.#hasSentEnd && this.#hasReceivedEnd && !this.#isClosed) this.#close(undefined);
  }

  #break(): void {
    const peer = this.#peer;
    this.#signal(() => peer?.fail("ECONNRESET"));
    this.fail("ECONNRESET");
  }

  /** Returns the memory of writes, in a later turn. */
  #close(reason: string | undefined): void {
    this.#isClosed = true;
    this.#deadline?.cancel();
    this.#unread.length = 0;
    this.#leaving.push(...this.#queue.clear());
    this.#world.scheduler.timers.soon(() => {
      this.#trace(`closed ${reason ?? "in order"}`);
      this.#giveBack();
      this.#handlers?.closed(this, reason);
      this.#handlers = undefined;
    });
  }

  #trace(what: string): void {
    const { local, remote } = this;
    this.#world.trace(`tcp ${local.host}:${local.port} ${remote.host}:${remote.port} ${what}`);
  }
}

function checksum(bytes: Uint8Array): string {
  return Buffer.from(sha1(bytes)).toString("hex", 0, 4);
}
