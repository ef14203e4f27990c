// The connection id of one tracker address (BEP 15). All requests that need one wait together: a reply to any connect
// serves them all. A connect that is lost would hold up thousands of torrents, so another request sends one of its own
// after three seconds.

import type { Address, Clock, Timer, Timers } from "@troupe/actor-runtime";
import { encodeUdpConnect, type ConnectionId } from "@troupe/protocol/tracker";
import type { UdpExchange } from "./udp-exchange.ts";
import { refused } from "./udp-errors.ts";

/**
 * A connection id is used for this long after its arrival, and a second longer by repeated datagrams. Trackers ban after
 * 60 s.
 */
const idLifeMs = 59_000;
/** A request waits this long for the connect of another one; `stopped` has less time. */
const shared = { usualMs: 3_000, lastMs: 300 };

/** The means of a connection. */
export interface ConnectionServices {
  readonly exchange: Pick<UdpExchange, "ask">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Ends every connect. */
  readonly end: AbortSignal;
  /** The tracker replied. */
  readonly answered: () => void;
}

/** The wait of a request. */
interface ConnectTurn {
  readonly untilMs: number;
  /** Milliseconds after the first datagram at which it is sent again. */
  readonly repeatsMs: readonly number[];
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly resolve: (id: ConnectionId | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** The connection to one address. */
export class UdpConnection {
  readonly #to: Address;
  readonly #services: ConnectionServices;
  readonly #waiting = new Set<Waiter>();
  #id: ConnectionId | undefined;
  #idUntilMs = 0;
  #sentAtMs = -Infinity;

  constructor(to: Address, services: ConnectionServices) {
    this.#to = to;
    this.#services = services;
  }

  /** The connection id, while it may be used. */
  get id(): ConnectionId | undefined {
    return this.#services.clock.nowMs() <= this.#idUntilMs ? this.#id : undefined;
  }

  /** The tracker does not know this connection id. */
  forget(id: ConnectionId): void {
    if (this.#id === id) this.#id = undefined;
  }

  /**
   * Waits for a connection id; sends one connect, unless another one is young.
   *
   * @returns Undefined after `untilMs`. @throws as `UdpExchange.ask`, or TroupeError `tracker-refused`.
   */
  async wait(turn: ConnectTurn): Promise<ConnectionId | undefined> {
    const { clock, timers } = this.#services;
    const { signal, untilMs } = turn;
    const sharedMs = turn.repeatsMs.length > 0 ? shared.lastMs : shared.usualMs;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<ConnectionId | undefined>();
    const waiter = { resolve, reject };
    const giveUp = (): void => reject(signal.reason);
    let own: Timer | undefined;
    const sendInTurn = (): void => {
      const waitMs = this.#sentAtMs + sharedMs - clock.nowMs();
      if (waitMs > 0) own = timers.after(waitMs, sendInTurn);
      else void this.#connect(turn);
    };
    const deadline = timers.after(Math.max(1, untilMs - clock.nowMs()), () => resolve(undefined));
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(waiter);
    sendInTurn();
    try {
      return await promise;
    } finally {
      this.#waiting.delete(waiter);
      signal.removeEventListener("abort", giveUp);
      own?.cancel();
      deadline.cancel();
    }
  }

  /** The connect serves all that wait, so that the end of its own request does not end it. */
  async #connect({ untilMs, repeatsMs }: ConnectTurn): Promise<void> {
    const { answered, clock, end, exchange } = this.#services;
    this.#sentAtMs = clock.nowMs();
    const waitMs = Math.max(1, untilMs - this.#sentAtMs);
    try {
      const reply = await exchange.ask({
        ...{ to: this.#to, repeatsMs, waitMs, signal: end },
        action: "connect",
        bytes: encodeUdpConnect,
      });
      if (reply === undefined) return;
      answered();
      if (reply.action === "error") throw refused("connect", reply.reason);
      if (reply.action !== "connect") throw new Error(`bug: a reply of action ${reply.action}`);
      this.#id = reply.connectionId;
      this.#idUntilMs = clock.nowMs() + idLifeMs;
      for (const { resolve } of this.#waiting) resolve(reply.connectionId);
    } catch (error) {
      this.#sentAtMs = -Infinity;
      for (const { reject } of this.#waiting) reject(error);
    }
  }
}
