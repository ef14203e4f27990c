import type { Address, Stream, StreamHandlers } from "../../ports/sockets.ts";
import type { Timer } from "../../ports/timers.ts";
import { sha1 } from "../../io/system/node-sha1.ts";
import type { Scheduler } from "../scheduler.ts";
import type { LineShare, LineUser } from "./shared-line.ts";
import type { StreamPath } from "./stream-path.ts";
import { WriteQueue } from "./write-queue.ts";

/** Below it a write returns true. */
const littleQueuedBytes = 64 * 1024;

/** Time limit of a closed stream with unsent bytes, as in real streams. */
const lingerMs = 10_000;

/** Exposes readers that keep a chunk after its read. */
const staleByte = 0xa5;

/** The world of a stream. */
export interface StreamWorld {
  readonly scheduler: Scheduler;
  readonly trace: (what: string) => void;
}

/**
 * One end of a simulated connection: sends in chunks of seeded lengths, or over the line of its machine in segments.
 * Events of the other side keep their order.
 */
export class SimulatedStream implements Stream, LineUser {
  readonly remote: Address;
  readonly local: Address;
  /** Undefined during a dial. */
  #peer: SimulatedStream | undefined;
  readonly #world: StreamWorld;
  readonly #path: StreamPath;
  /** The share of the uplink; undefined without a line. */
  readonly #uplink: LineShare | undefined;
  readonly #queue = new WriteQueue();
  readonly #unread: Uint8Array[] = [];
  /** Writes that end in the departing chunk. */
  #leaving: (() => void)[] = [];
  #handlers: StreamHandlers | undefined;
  #deadline: Timer | undefined;
  /** Sent and not read by the other end. */
  #outstandingBytes = 0;
  /** Departure of the chunk under way. */
  #departureMs = 0;
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

  constructor(world: StreamWorld, path: StreamPath, local: Address, remote: Address) {
    this.#world = world;
    this.#path = path;
    this.#uplink = path.uplink?.share(this);
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

  get takenBytes(): number {
    return this.#queue.takenBytes;
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

  reset(): void {
    if (this.#isClosed) return;
    const peer = this.#peer;
    if (this.#isOpen) this.#signal(() => peer?.fail("ECONNRESET"));
    this.#close(undefined);
  }

  fail(reason: string): void {
    if (!this.#isClosed) this.#close(reason);
  }

  /** Sends what the line and the other end's window allow. */
  #send(): void {
    if (!this.#isOpen || this.#isSending || this.#isClosed || this.#hasSentEnd) return;
    if (this.#queue.queuedBytes > 0) {
      if (this.#uplink !== undefined) this.#uplink.want();
      else if (this.#startChunk() !== undefined) this.#whenDeparted();
    } else if (this.#isEnding) this.#sendEnd();
  }

  /** The uplink is free for this connection. */
  startSegment(): number | undefined {
    if (this.#isSending || this.#isClosed || this.#queue.queuedBytes === 0) return undefined;
    return this.#startChunk();
  }

  segmentPassed(): void {
    // Over a route that is slower than the uplink it departs later.
    if (this.#departureMs > this.#world.scheduler.nowMs) this.#whenDeparted();
    else this.#departed();
  }

  /** @returns its length, or undefined when nothing can be sent now. */
  #startChunk(): number | undefined {
    const { route, windowBytes } = this.#path;
    const roomBytes = windowBytes - this.#outstandingBytes;
    if (roomBytes <= 0) return undefined;
    if (route.isBlackHole) {
      route.whenOpen(() => this.#send());
      return undefined;
    }
    if (route.breaksConnection()) {
      this.#break();
      return undefined;
    }
    const lengthBytes = this.#path.chunkBytes(this.#queue.queuedBytes, roomBytes);
    if (lengthBytes === 0) return undefined;
    const { chunk, written } = this.#queue.take(lengthBytes);
    this.#outstandingBytes += chunk.byteLength;
    this.#isSending = true;
    this.#leaving = written;
    this.#departureMs = this.#path.carry(chunk.byteLength, () => this.#peer?.arrive(chunk));
    return chunk.byteLength;
  }

  #whenDeparted(): void {
    this.#world.scheduler.at(this.#departureMs, () => this.#departed());
  }

  #departed(): void {
    this.#isSending = false;
    this.#giveBack();
    this.#drain();
    this.#send();
  }

  #giveBack(): void {
    const written = this.#leaving;
    this.#leaving = [];
    for (const task of written) task();
  }

  #sendEnd(): void {
    const { route } = this.#path;
    if (route.isBlackHole) return route.whenOpen(() => this.#send());
    this.#hasSentEnd = true;
    this.#signal(() => this.#peer?.receiveEnd());
    this.#closeIfOver();
  }

  /** Does not occupy the line. */
  #signal(arrive: () => void): void {
    const { route } = this.#path;
    if (route.isBlackHole) route.whenOpen(() => this.#signal(arrive));
    else this.#path.carry(0, arrive);
  }

  #drain(): void {
    if (!this.#wantsDrained || this.#queue.queuedBytes > 0 || this.#isClosed) return;
    this.#wantsDrained = false;
    this.#handlers?.drained?.(this);
  }

  arrive(chunk: Uint8Array): void {
    const peer = this.#peer;
    if (this.#isClosed) {
      // Real systems reset unknown connections too.
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
    const peer = this.#peer;
    if (peer !== undefined) peer.#path.abandon();
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
