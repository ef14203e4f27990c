// Datagrams to UDP trackers and their replies: one socket a family serves all torrents.

import {
  codeOf,
  type Address,
  type DatagramSocket,
  type Random,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import { parseIp } from "@troupe/protocol/address";
import { readUint32 } from "@troupe/protocol/bytes";
import { ProtocolError } from "@troupe/protocol/errors";
import { decodeUdpReply, type AddressFamily, type UdpTrackerReply } from "@troupe/protocol/tracker";
import { TrackerSockets, type SocketServices } from "./tracker-sockets.ts";
import { unreachable } from "./udp-errors.ts";

/** The ports and settings of an exchange. */
export interface UdpServices extends SocketServices {
  readonly timers: Timers;
  readonly random: Random;
}

/** One request. */
interface UdpQuestion {
  readonly to: Address;
  readonly bytes: (transactionId: number) => Uint8Array;
  /** Action of the reply; an error is a reply to each. */
  readonly action: UdpTrackerReply["action"];
  /** Silence after which the question ends. */
  readonly waitMs: number;
  /** Milliseconds after the first datagram at which it is sent again. */
  readonly repeatsMs?: readonly number[];
  readonly signal: AbortSignal;
}

interface Transaction {
  readonly to: Address;
  readonly action: UdpTrackerReply["action"];
  readonly replied: (reply: UdpTrackerReply) => void;
  readonly failed: (error: unknown) => void;
}

/** Sends questions and finds the replies that belong to them. */
export class UdpExchange {
  readonly #services: UdpServices;
  readonly #sockets: TrackerSockets;
  /** By transaction id. */
  readonly #transactions = new Map<number, Transaction>();

  constructor(services: UdpServices) {
    this.#services = services;
    this.#sockets = new TrackerSockets(services, {
      received: (bytes, from) => this.#received(bytes, from),
      notSent: (to, code) => this.#notSent(to, code),
    });
  }

  /** Questions without a reply. */
  get open(): number {
    return this.#transactions.size;
  }

  /**
   * Asks once. A reply counts only from the address that was asked; from any address at the port of a name, which a proxy has
   * looked up.
   *
   * @returns The reply; undefined after `waitMs` of silence.
   * @throws rejects with TroupeError `tracker-unreachable` when the system cannot send, or with the signal's reason.
   */
  async ask(question: UdpQuestion): Promise<UdpTrackerReply | undefined> {
    const { to, bytes, action, waitMs, repeatsMs = [], signal } = question;
    const socket = await this.#socketFor(to);
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<UdpTrackerReply | undefined>();
    const transactionId = this.#newTransactionId();
    const datagram = bytes(transactionId);
    const send = (): void => socket.send(datagram, to);
    const { timers } = this.#services;
    const planned: Timer[] = [
      timers.after(waitMs, () => resolve(undefined)),
      ...repeatsMs.map((delayMs) => timers.after(delayMs, send)),
    ];
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#transactions.set(transactionId, { to, action, replied: resolve, failed: reject });
    send();
    try {
      return await promise;
    } finally {
      this.#transactions.delete(transactionId);
      signal.removeEventListener("abort", giveUp);
      for (const timer of planned) timer.cancel();
    }
  }

  /** Closes the sockets; questions end by their signals. */
  close(): Promise<void> {
    return this.#sockets.close();
  }

  async #socketFor(to: Address): Promise<DatagramSocket> {
    try {
      return await this.#sockets.socketOf(familyOf(to));
    } catch (error) {
      throw unreachable(to, codeOf(error) ?? "unknown");
    }
  }

  #received(bytes: Uint8Array, from: Address): void {
    const transaction = bytes.length < 8 ? undefined : this.#transactions.get(readUint32(bytes, 4));
    if (transaction === undefined || !isFrom(transaction.to, from)) return;
    try {
      const reply = decodeUdpReply(bytes, familyOf(from));
      if (reply.action === transaction.action || reply.action === "error")
        transaction.replied(reply);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      transaction.failed(error);
    }
  }

  #notSent(to: Address, code: string): void {
    for (const transaction of this.#transactions.values()) {
      if (isSameAddress(transaction.to, to)) transaction.failed(unreachable(to, code));
    }
  }

  #newTransactionId(): number {
    for (;;) {
      const id = readUint32(this.#services.random.bytes(4), 0);
      if (!this.#transactions.has(id)) return id;
    }
  }
}

/** The family of a numeric address; that of IPv4 for a name. */
export function familyOf({ host }: Pick<Address, "host">): AddressFamily {
  return host.includes(":") ? 6 : 4;
}

function isFrom(asked: Address, from: Address): boolean {
  const isName = parseIp(asked.host) === undefined;
  return isName ? asked.port === from.port : isSameAddress(asked, from);
}

function isSameAddress(one: Address, other: Address): boolean {
  return one.port === other.port && one.host === other.host;
}
