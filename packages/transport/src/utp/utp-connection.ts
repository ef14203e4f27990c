import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";
import {
  seqPlus,
  timeDistance,
  toTimestampUs,
  type UtpPacket,
  utpTypes,
} from "@troupe/protocol/utp";

import { answerAfterEndMs, lingerMs, littleQueuedBytes } from "./limits.ts";
import type { UtpHost } from "./utp-host.ts";
import { closed, connected, type Life, type UtpBeginning } from "./utp-life.ts";
import { type UtpIds, UtpOutlet } from "./utp-outlet.ts";
import { type BytesOwner, UtpReceiver } from "./utp-receiver.ts";
import { UtpSender } from "./utp-sender.ts";

/** The table of a connection. */
export interface UtpOwner {
  /** The deadline of a connection may be earlier than before. */
  deadlineSet(deadlineMs: number): void;
  failed(connection: UtpConnection, reason: string): void;
  /** No datagram belongs to the connection any more. */
  closed(connection: UtpConnection): void;
}

/** One connection: a {@link Stream} whose bytes go through packets of uTP. */
export class UtpConnection implements Stream, BytesOwner {
  readonly remote: Address;
  readonly local: Address;
  readonly ids: UtpIds;
  /** Place in the table; only the table uses it. */
  place = 0;
  /** The next connection of the table with the same key; only the table uses it. */
  nextOfKey: UtpConnection | undefined;
  readonly #host: UtpHost;
  readonly #table: UtpOwner;
  readonly #outlet: UtpOutlet;
  readonly #sender: UtpSender;
  #receiver: UtpReceiver | undefined;
  #handlers: StreamHandlers | undefined;
  #life: Life = connected;
  #reading: "on" | "paused" | "resuming" = "on";
  #flushing: "idle" | "asked" = "idle";
  #draining: "unwanted" | "wanted" = "unwanted";

  constructor(host: UtpHost, table: UtpOwner, { remote, local, ids, seq, size }: UtpBeginning) {
    this.#host = host;
    this.#table = table;
    this.remote = remote;
    this.local = local;
    this.ids = ids;
    this.#outlet = new UtpOutlet(host, remote, ids);
    this.#sender = new UtpSender(host, this.#outlet, size, seq);
  }

  /** Sends the SYN. */
  dial(handlers: StreamHandlers, timeoutMs: number): void {
    this.#handlers = handlers;
    this.#life = { name: "syn-sent", untilMs: this.#host.nowMs + timeoutMs, isEnding: false };
    this.#sender.sendSyn();
    this.#table.deadlineSet(this.deadlineMs);
  }

  /** Fails a dial at once. */
  refuse(handlers: StreamHandlers, reason: string): void {
    this.#life = closed;
    this.#handlers = handlers;
    this.#tellClosed(reason, () => {});
  }

  /** The other side has dialled, and proved its address. @param nextSeq The sequence number after its SYN. */
  accept(nextSeq: number, handlers: (stream: Stream) => StreamHandlers): void {
    this.#connect(nextSeq);
    this.#handlers = handlers(this);
  }

  /** Congestion window, in bytes. */
  get congestionWindowBytes(): number {
    return this.#sender.congestionWindowBytes;
  }

  /** Payload of usual packets, in bytes. */
  get payloadBytes(): number {
    return this.#sender.size.payloadBytes;
  }

  /** Bytes that were never sent: those under way are on their way, as in the queue of a kernel. */
  get queuedBytes(): number {
    return this.#sender.queue.unsentBytes;
  }

  get takenBytes(): number {
    return this.#sender.queue.sentBytes;
  }

  /** The other side has not answered our SYN. */
  get isDialling(): boolean {
    return this.#life.name === "syn-sent";
  }

  get isHeldBack(): boolean {
    return this.#sender.isHeldBack;
  }

  get isReading(): boolean {
    return this.#reading === "on";
  }

  /** Whether the table calls {@link elapsed} at a time. */
  get deadlineMs(): number {
    const life = this.#life;
    if (life.name === "closed") return Infinity;
    if (life.name === "answering") return life.untilMs;
    const untilMs = life.name === "connected" ? Infinity : life.untilMs;
    return Math.min(untilMs, this.#sender.deadlineMs, this.#receiver?.ackAtMs ?? Infinity);
  }

  /** `written` is called when the other side has the bytes, or the stream is closed: packets may have to be sent again. */
  write(bytes: Uint8Array, written?: () => void): boolean {
    if (!this.#mayWrite()) {
      if (written !== undefined) this.#host.timers.soon(written);
      return true;
    }
    this.#sender.queue.add(bytes, written);
    this.#askFlush();
    if (this.queuedBytes <= littleQueuedBytes) return true;
    this.#draining = "wanted";
    return false;
  }

  pause(): void {
    if (this.#life.name !== "ending") this.#reading = "paused";
  }

  resume(): void {
    if (this.#reading !== "paused") return;
    this.#reading = "resuming";
    this.#host.timers.soon(() => this.#readOn());
  }

  end(): void {
    const life = this.#life;
    if (life.name === "syn-sent") this.#life = { ...life, isEnding: true };
    if (life.name === "connected") this.#beginEnding();
    this.resume();
  }

  destroy(): void {
    if (!this.#isOpen() && !this.isDialling) return;
    this.#host.readClock();
    if (this.isDialling) return this.#close(undefined);
    if (!this.#sender.isDone) return this.fail(undefined);
    this.#sender.end();
    this.#sender.flush();
    this.#answer();
  }

  reset(): void {
    this.#host.readClock();
    this.fail(undefined);
  }

  /** Closes at once, and the other side gets a reset. */
  fail(reason: string | undefined): void {
    const { name } = this.#life;
    if (name === "connected" || name === "ending") this.#outlet.sendReset(this.#sender.nextSeq);
    if (reason !== undefined) this.#table.failed(this, reason);
    this.#close(reason);
  }

  /** A packet other than a SYN and a reset has come. */
  receive(packet: UtpPacket, datagram: Uint8Array): void {
    const { name } = this.#life;
    if (name === "closed") return;
    if (name === "answering") return this.#answerRepeated(packet);
    if (name === "syn-sent") return this.#answered(packet, datagram);
    const receiver = this.#receiver;
    if (receiver?.isNear(packet.seq) !== true || !this.#sender.isPossible(packet.ack)) {
      this.#host.counters.droppedPackets++;
      return;
    }
    this.#measure(packet);
    const fault = this.#sender.received(packet, datagram);
    if (fault !== undefined) return this.fail(fault);
    if (packet.type !== utpTypes.state) receiver.take(packet, datagram);
    this.#askFlushWithBatch();
  }

  /** A reset that names this connection has come. */
  receiveReset(packet: UtpPacket): void {
    const life = this.#life;
    const { nextSeq } = this.#sender;
    const isAnswerToSyn = seqPlus(packet.ack, 1) === nextSeq;
    const isPossible =
      life.name === "syn-sent"
        ? isAnswerToSyn
        : packet.ack === nextSeq || this.#sender.isPossible(packet.ack);
    if (!isPossible) return void this.#host.counters.droppedPackets++;
    if (life.name === "syn-sent") return this.#close("ECONNREFUSED");
    const hasAll = this.#sender.lacksOnlyFin && this.#receiver?.hasEnded === true;
    this.#close(life.name === "ending" && hasAll ? undefined : "ECONNRESET");
  }

  /** The deadline has passed. */
  elapsed(): void {
    const life = this.#life;
    const { nowMs } = this.#host;
    if (life.name === "closed" || life.name === "connected") return this.#elapsedPackets();
    if (nowMs < life.untilMs) return this.#elapsedPackets();
    if (life.name === "syn-sent") this.#close("dial-timeout");
    else if (life.name === "ending") this.fail(undefined);
    else this.#close(undefined);
  }

  /** The system refused a packet for its size. */
  refused(): void {
    this.#sender.refused();
  }

  /** Sends what is due: data, the fin, an acknowledgement. */
  flush(): void {
    this.#flushing = "idle";
    const receiver = this.#receiver;
    this.#sender.queue.tellWritten();
    if (receiver === undefined || !this.#isOpen()) return;
    if (receiver.hasEnded && this.#life.name === "connected") this.#beginEnding();
    this.#sender.flush();
    if (this.#life.name === "ending") this.#endIfDone();
    if (!this.#isOpen()) return;
    if (receiver.owesAck || receiver.hasReopened) this.#outlet.sendState(this.#sender.nextSeq);
    this.#drain();
    this.#table.deadlineSet(this.deadlineMs);
  }

  /** Bytes in order. After `end` they are dropped. */
  received(chunk: Uint8Array): void {
    if (this.#life.name === "connected") this.#handlers?.bytes(this, chunk);
  }

  #connect(nextSeq: number): void {
    this.#receiver = new UtpReceiver(this.#host, this, nextSeq);
    this.#outlet.connect(this.#receiver);
  }

  /** The answer to a SYN: a state packet with the number of the first data packet. */
  #answered(packet: UtpPacket, datagram: Uint8Array): void {
    const life = this.#life;
    const isAnswer =
      packet.type === utpTypes.state && seqPlus(packet.ack, 1) === this.#sender.nextSeq;
    if (!isAnswer || life.name !== "syn-sent") return void this.#host.counters.droppedPackets++;
    this.#connect(packet.seq);
    this.#measure(packet);
    this.#sender.received(packet, datagram);
    this.#life = connected;
    if (life.isEnding) this.#beginEnding();
    else this.#handlers?.opened?.(this);
    this.#askFlushWithBatch();
  }

  #measure(packet: UtpPacket): void {
    const { nowMs } = this.#host;
    const delayUs = timeDistance(packet.timestampUs, toTimestampUs(nowMs));
    this.#outlet.setDifference(delayUs);
    this.#sender.delays.received(delayUs, nowMs);
  }

  #elapsedPackets(): void {
    const { nowMs } = this.#host;
    const fault = nowMs < this.#sender.deadlineMs ? undefined : this.#sender.elapsed();
    if (fault !== undefined) return this.fail(fault);
    const receiver = this.#receiver;
    if (receiver === undefined) return this.#sender.flush();
    if (nowMs >= receiver.ackAtMs) this.#outlet.sendState(this.#sender.nextSeq);
    this.flush();
  }

  /** Memory that other connections could use may be held: the whole queue is read in one turn. */
  #readOn(): void {
    if (this.#reading !== "resuming") return;
    this.#reading = "on";
    this.#receiver?.readOn();
    this.#askFlush();
  }

  #beginEnding(): void {
    this.#host.readClock();
    this.#life = { name: "ending", untilMs: this.#host.nowMs + lingerMs };
    this.#sender.end();
    this.#askFlush();
  }

  #endIfDone(): void {
    if (!this.#sender.isDone || this.#receiver?.hasEnded !== true) return;
    this.#acknowledgeFin();
    this.#answer();
  }

  /**
   * Clients differ in the number of an acknowledgement after a fin: libtorrent drops one beyond the fin, libutp drops the
   * number of the fin itself.
   */
  #acknowledgeFin(): void {
    const { nextSeq } = this.#sender;
    this.#outlet.sendState(nextSeq);
    this.#outlet.sendState(seqPlus(nextSeq, -1));
  }

  /** The stream is over, and its last packets may be repeated. */
  #answer(): void {
    this.#life = { name: "answering", untilMs: this.#host.nowMs + answerAfterEndMs };
    this.#table.deadlineSet(this.deadlineMs);
    this.#release(undefined);
  }

  /** Packets after a stream that was destroyed find no reader. */
  #answerRepeated(packet: UtpPacket): void {
    const receiver = this.#receiver;
    if (packet.type === utpTypes.state || receiver?.isNear(packet.seq) !== true) return;
    const isRepeated = receiver.hasEnded || receiver.isBehind(packet.seq);
    if (isRepeated) this.#acknowledgeFin();
    else if (packet.type !== utpTypes.fin) {
      this.#outlet.sendReset(this.#sender.nextSeq);
      this.#close(undefined);
    }
  }

  #close(reason: string | undefined): void {
    const { name } = this.#life;
    if (name === "closed") return;
    this.#life = closed;
    if (name !== "answering") this.#release(reason);
    this.#table.closed(this);
  }

  /** Gives all memory back; the owner hears of the end in a later turn. */
  #release(reason: string | undefined): void {
    const tellWritten = this.#sender.queue.close();
    this.#receiver?.close();
    this.#tellClosed(reason, tellWritten);
  }

  #tellClosed(reason: string | undefined, tellWritten: () => void): void {
    this.#host.timers.soon(() => {
      tellWritten();
      const handlers = this.#handlers;
      this.#handlers = undefined;
      handlers?.closed(this, reason);
    });
  }

  #drain(): void {
    if (this.#draining === "unwanted" || this.queuedBytes > littleQueuedBytes / 2) return;
    this.#draining = "unwanted";
    this.#handlers?.drained?.(this);
  }

  #isOpen(): boolean {
    return this.#life.name === "connected" || this.#life.name === "ending";
  }

  #mayWrite(): boolean {
    const life = this.#life;
    return life.name === "connected" || (life.name === "syn-sent" && !life.isEnding);
  }

  #askFlush(): void {
    if (this.#flushing === "asked") return;
    this.#flushing = "asked";
    this.#host.flushSoon(this);
  }

  #askFlushWithBatch(): void {
    if (this.#flushing === "asked") return;
    this.#flushing = "asked";
    this.#host.flushWithBatch(this);
  }
}
