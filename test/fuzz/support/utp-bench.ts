// The uTP connections of one UDP port, whose peers the fuzzer plays.

import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";
import { Scheduler, SeededRandom } from "@troupe/actor-runtime/simulated";
import { addressKey } from "@troupe/protocol/address";
import { emptyUtpPacket, readUtpPacket } from "@troupe/protocol/utp";

import { UtpSockets } from "../../../packages/transport/src/utp/index.ts";
import { hold } from "../engine/oracle.ts";
import { PeerViews } from "./peer-views.ts";

/** Memory for packets that wait, so small that a run reaches it. */
const budgetBytes = 64 * 1024;
const mostUnproved = 256;
const largestDatagram = 1_472;
const dialTimeoutMs = 5_000;

/** A stream under test, and all that happened to it. */
interface Held {
  readonly stream: Stream;
  readonly end: { closedTimes: number };
}

/** Bytes of an address that has not proved itself. */
interface Traffic {
  inBytes: number;
  outBytes: number;
  isProved: boolean;
}

/** One table of connections. */
export class UtpBench {
  readonly scheduler = new Scheduler();
  readonly sockets: UtpSockets;
  readonly held: Held[] = [];
  readonly views = new PeerViews();
  readonly #traffic = new Map<string, Traffic>();
  #writes = 0;
  #written = 0;

  constructor() {
    const { clock, timers } = this.scheduler;
    const ports = { clock, timers, random: new SeededRandom("fuzz") };
    const options = { windowBudgetBytes: budgetBytes };
    this.sockets = new UtpSockets(ports, (bytes, to) => this.#sent(bytes, to), options);
    this.sockets.accept = (stream) => {
      this.#trafficOf(stream.remote).isProved = true;
      return this.#hold(stream);
    };
  }

  receive(datagram: Uint8Array, from: Address): void {
    const traffic = this.#trafficOf(from);
    traffic.inBytes += datagram.length;
    // The memory is lent for the call alone.
    const lent = datagram.slice();
    this.sockets.received(lent, { ...from });
    lent.fill(0xa5);
    this.sockets.batchEnded();
    const { heldBytes, unproved } = this.sockets.stats;
    hold(heldBytes >= 0 && heldBytes <= budgetBytes, () => `${heldBytes} bytes held`);
    hold(unproved <= mostUnproved, () => `${unproved} dialers without a proof`);
    if (traffic.isProved) return;
    const { inBytes, outBytes } = traffic;
    hold(outBytes <= inBytes, () => `${outBytes} bytes for ${inBytes} of a forged sender`);
  }

  dial(to: Address): void {
    this.#trafficOf(to).isProved = true;
    const end = { closedTimes: 0 };
    const stream = this.sockets.dial(to, handlersOf(end), { timeoutMs: dialTimeoutMs });
    this.held.push({ stream, end });
  }

  write(stream: Stream, lengthBytes: number): void {
    this.#writes++;
    stream.write(new Uint8Array(lengthBytes).fill(7), () => void this.#written++);
  }

  async pass(ms: number): Promise<void> {
    await this.scheduler.run(this.scheduler.nowMs + ms);
  }

  /** All streams are destroyed: nothing may stay. */
  async end(): Promise<void> {
    for (const { stream } of this.held) stream.destroy();
    await this.pass(60_000);
    const { connections, heldBytes } = this.sockets.stats;
    hold(connections === 0, () => `${connections} connections stay`);
    hold(heldBytes === 0, () => `${heldBytes} bytes stay`);
    hold(this.#written === this.#writes, () => `${this.#written} of ${this.#writes} writes ended`);
    for (const { end } of this.held)
      hold(end.closedTimes === 1, () => `a stream closed ${end.closedTimes} times`);
  }

  #hold(stream: Stream): StreamHandlers {
    const end = { closedTimes: 0 };
    this.held.push({ stream, end });
    return handlersOf(end);
  }

  #trafficOf({ host, port }: Address): Traffic {
    const key = addressKey(host, port);
    const traffic = this.#traffic.get(key) ?? { inBytes: 0, outBytes: 0, isProved: false };
    this.#traffic.set(key, traffic);
    return traffic;
  }

  #sent(bytes: Uint8Array, to: Address): void {
    const packet = emptyUtpPacket();
    const fault = readUtpPacket(bytes, packet);
    hold(fault === undefined, () => `we sent a packet with a fault: ${fault}`);
    hold(bytes.length <= largestDatagram, () => `a datagram of ${bytes.length} bytes`);
    this.#trafficOf(to).outBytes += bytes.length;
    this.views.follow(packet, to);
  }
}

function handlersOf(end: { closedTimes: number }): StreamHandlers {
  const isOpen = (): void => hold(end.closedTimes === 0, "an event after the end");
  return { opened: isOpen, bytes: isOpen, drained: isOpen, closed: () => void end.closedTimes++ };
}
