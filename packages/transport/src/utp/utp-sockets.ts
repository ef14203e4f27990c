import type { Address, Clock, Random, Stream, StreamHandlers, Timers } from "@troupe/actor-runtime";
import {
  emptyUtpPacket,
  readUtpPacket,
  seqPlus,
  type UtpPacket,
  utpTypes,
} from "@troupe/protocol/utp";

import type { DatagramSlab } from "./datagram-slab.ts";
import { HeldMemory } from "./held-memory.ts";
import { defaultBudgetBytes, defaultTargetMs, mostConnections, safePacketBytes } from "./limits.ts";
import { PacketSize } from "./packet-size.ts";
import { SmallHosts } from "./small-hosts.ts";
import { StrangerAnswers } from "./stranger-answers.ts";
import { UtpBacklog } from "./utp-backlog.ts";
import { UtpConnection, type UtpOwner } from "./utp-connection.ts";
import { type UtpCounters, UtpHost } from "./utp-host.ts";
import { UtpTable } from "./utp-table.ts";
import { UtpTimer } from "./utp-timer.ts";

/** Everything impure that uTP needs. */
export interface UtpPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Options of {@link UtpSockets}. */
export interface UtpOptions {
  /** Queueing delay that transfers aim at. Default 100. */
  readonly targetDelayMs?: number;
  /** Memory for packets that wait for an earlier one or for `resume`, of all connections. Default 16 MiB. */
  readonly windowBudgetBytes?: number;
  /** Reported by streams whose own address is not known. Default: the unspecified host, port 0. */
  readonly local?: Address;
  /** Bytes that a proxy takes of each packet to an address. Read once for a connection. Default: none. */
  readonly headerBytesTo?: (to: Address) => number;
  /** Memory of datagrams that are sent, for programs with a socket for each of many peers. Default: 64 KiB of its own. */
  readonly slab?: DatagramSlab;
}

/** Options of a dial. */
interface UtpDialOptions {
  readonly timeoutMs: number;
  /** Bytes of a datagram. A dial after the fault `packet-too-large` asks for 1,232, which every network carries. */
  readonly largestPacketBytes?: number;
  readonly local?: Address;
}

/** Figures of all connections. */
interface UtpStats extends Readonly<UtpCounters> {
  /** Connections, with those that still answer repeated packets after their end. */
  readonly connections: number;
  /** Connections that were asked for, whose dialers have not proved their address. */
  readonly unproved: number;
  /** Memory of packets that wait; at most the budget. */
  readonly heldBytes: number;
}

const highestId = 0xffff;

/**
 * All uTP connections of a UDP socket, as streams. A connection fails with `dial-timeout`, `ECONNREFUSED`, `ECONNRESET`,
 * `ETIMEDOUT`, `interface-down`, `proxy-unreachable`, `ENOBUFS` (4,096 connections), or `packet-too-large`: a network on the way carries small packets only, and a dial with
 * `largestPacketBytes: 1232` will pass.
 */
export class UtpSockets {
  /** Called when the dialer has proved its address. Undefined: incoming connections are refused with a reset. */
  accept: ((stream: Stream) => StreamHandlers) | undefined;
  readonly #random: Random;
  readonly #local: Address | undefined;
  readonly #headerBytesTo: (to: Address) => number;
  readonly #host: UtpHost;
  readonly #table = new UtpTable();
  readonly #backlog: UtpBacklog;
  readonly #smallHosts = new SmallHosts();
  readonly #answers: StrangerAnswers;
  readonly #timer: UtpTimer;
  readonly #packet: UtpPacket = emptyUtpPacket();
  readonly #owner: UtpOwner = {
    deadlineSet: (deadlineMs) => this.#timer.set(deadlineMs, this.#host.nowMs),
    failed: ({ remote }, reason) => {
      if (reason === "packet-too-large") this.#smallHosts.add(remote.host);
    },
    closed: (connection) => {
      this.#table.remove(connection);
      this.#shareWindow();
    },
  };
  #closedBy: string | undefined;

  /**
   * @param send Sends a datagram. Its memory belongs to the receiver of the call, and is never written to again.
   */
  constructor(
    ports: UtpPorts,
    send: (bytes: Uint8Array, to: Address) => void,
    options: UtpOptions = {},
  ) {
    const { targetDelayMs = defaultTargetMs, windowBudgetBytes = defaultBudgetBytes } = options;
    this.#random = ports.random;
    this.#backlog = new UtpBacklog(ports.random);
    this.#local = options.local;
    this.#headerBytesTo = options.headerBytesTo ?? (() => 0);
    const memory = { held: new HeldMemory(windowBudgetBytes), slab: options.slab };
    this.#host = new UtpHost(ports, memory, targetDelayMs, send);
    this.#answers = new StrangerAnswers(this.#host);
    this.#timer = new UtpTimer(ports.timers, () => this.#elapsed());
    this.#shareWindow();
  }

  get stats(): UtpStats {
    return {
      ...this.#host.counters,
      connections: this.#table.size,
      unproved: this.#backlog.size,
      heldBytes: this.#host.memory.heldBytes,
    };
  }

  /** Returns at once; `opened` or `closed` follows. */
  dial(to: Address, handlers: StreamHandlers, options: UtpDialOptions): Stream {
    this.#host.readClock();
    const receiving = this.#freeId(to);
    const connection = this.#connection(to, options, {
      receiving,
      sending: seqPlus(receiving, 1),
    });
    const refusal = this.#closedBy ?? (this.#isFull() ? "ENOBUFS" : undefined);
    if (refusal === undefined) {
      this.#add(connection);
      connection.dial(handlers, options.timeoutMs);
    } else connection.refuse(handlers, refusal);
    return connection;
  }

  /** A datagram has come. Its memory is lent for the call. */
  received(datagram: Uint8Array, from: Address): void {
    const { counters } = this.#host;
    const packet = this.#packet;
    counters.receivedPackets++;
    counters.receivedBytes += datagram.length;
    if (this.#closedBy !== undefined || readUtpPacket(datagram, packet) !== undefined) {
      counters.droppedPackets++;
      return;
    }
    this.#host.readClock();
    if (packet.type === utpTypes.syn) this.#syn(from, packet);
    else if (packet.type === utpTypes.reset) this.#reset(from, packet);
    else {
      const connection = this.#table.find(from, packet.connectionId) ?? this.#proved(from, packet);
      connection?.receive(packet, datagram);
    }
  }

  /** A batch of datagrams has ended: acknowledgements and data go out. */
  batchEnded(): void {
    this.#host.flushAll();
  }

  /**
   * The system refused to send a datagram. `EMSGSIZE` makes packets smaller; `interface-down` ends the connection, whose address
   * is lost; `proxy-unreachable` ends a dial, and connections that are open send again; others are like a loss.
   */
  notSent(to: Address, code: string): void {
    if (code !== "EMSGSIZE" && code !== "interface-down" && code !== "proxy-unreachable") return;
    this.#host.readClock();
    const { all } = this.#table;
    // Connections may close within the loop: it begins with the last.
    for (let place = all.length - 1; place >= 0; place--) {
      const connection = all[place];
      if (connection?.remote.host !== to.host || connection.remote.port !== to.port) continue;
      if (code === "EMSGSIZE") connection.refused();
      else if (code === "interface-down" || connection.isDialling) connection.fail(code);
    }
  }

  /** All connections close with `reason`, and the other sides get resets. Later dials close with it, too. */
  close(reason: string): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = reason;
    this.#host.readClock();
    this.#timer.cancel();
    this.#backlog.clear();
    for (const connection of this.#table.all.toReversed()) connection.fail(reason);
  }

  #connection(
    remote: Address,
    options: Omit<UtpDialOptions, "timeoutMs">,
    ids: UtpConnection["ids"],
    seq: number = this.#random.integer(highestId + 1),
  ): UtpConnection {
    const isIpv6 = remote.host.includes(":");
    const unknown = { host: isIpv6 ? "::" : "0.0.0.0", port: 0 };
    const local = options.local ?? this.#local ?? unknown;
    const isSmall = this.#smallHosts.has(remote.host);
    const largestBytes = isSmall ? safePacketBytes : options.largestPacketBytes;
    const size = new PacketSize({ isIpv6, largestBytes, headerBytes: this.#headerBytesTo(remote) });
    return new UtpConnection(this.#host, this.#owner, { remote, local, ids, seq, size });
  }

  #syn(from: Address, packet: UtpPacket): void {
    const known = this.#table.find(from, seqPlus(packet.connectionId, 1));
    // A repeated SYN of a dialer that has proved its address since, or an id that is taken.
    if (known !== undefined) return;
    if (this.accept === undefined || this.#isFull()) return this.#answers.reset(from, packet);
    const { seq } = this.#backlog.ask(from, packet, this.#host.nowMs);
    this.#answers.acceptSyn(from, packet, seq);
  }

  #reset(from: Address, packet: UtpPacket): void {
    const connection = this.#table.findReset(from, packet.connectionId);
    if (connection === undefined) this.#host.counters.droppedPackets++;
    else connection.receiveReset(packet);
  }

  /** @returns The connection that the packet opens, if its sender has dialled. */
  #proved(from: Address, packet: UtpPacket): UtpConnection | undefined {
    const entry = this.#backlog.prove(from, packet, this.#host.nowMs);
    const { accept } = this;
    if (entry === undefined || entry === "unproved" || accept === undefined || this.#isFull()) {
      this.#host.counters.droppedPackets++;
      if (entry !== "unproved") this.#answers.reset(from, packet);
      return undefined;
    }
    const receiving = packet.connectionId;
    const ids = { receiving, sending: seqPlus(receiving, -1) };
    const connection = this.#connection({ host: from.host, port: from.port }, {}, ids, entry.seq);
    this.#add(connection);
    connection.accept(seqPlus(entry.synSeq, 1), accept);
    return connection;
  }

  #add(connection: UtpConnection): void {
    this.#table.add(connection);
    this.#shareWindow();
  }

  #isFull(): boolean {
    return this.#table.size >= mostConnections;
  }

  #shareWindow(): void {
    this.#host.windowBytes = this.#host.memory.shareOf(this.#table.size);
  }

  /** @returns An id of which no connection to the address has one like it: resets name either id of a connection. */
  #freeId(to: Address): number {
    for (;;) {
      const id = this.#random.integer(highestId + 1);
      const isTaken = [-1, 0, 1, 2].some(
        (step) => this.#table.find(to, seqPlus(id, step)) !== undefined,
      );
      if (!isTaken) return id;
    }
  }

  /** Connections may close within the loop: it begins with the last. */
  #elapsed(): void {
    this.#host.readClock();
    const { all } = this.#table;
    const { nowMs } = this.#host;
    let earliestMs = Infinity;
    for (let place = all.length - 1; place >= 0; place--) {
      const connection = all[place];
      if (connection === undefined) continue;
      if (connection.deadlineMs <= nowMs) connection.elapsed();
      earliestMs = Math.min(earliestMs, connection.deadlineMs);
    }
    if (earliestMs < Infinity) this.#timer.set(earliestMs, nowMs);
  }
}
