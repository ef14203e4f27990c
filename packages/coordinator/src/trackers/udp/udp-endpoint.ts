// One address of a UDP tracker, and its silence.
//
// An address that answers has requests of any number of torrents at once. After 15 s + 30 s without a reply it is silent:
// a single request probes it, at intervals that double up to 30 min, and all others wait until it answers (BEP 15).

import type { Address, Clock, Timer, Timers } from "@troupe/actor-runtime";
import { UdpConnection, type ConnectionServices } from "./udp-connection.ts";

const firstWaitMs = 15_000;
const longestWaitMs = 1_800_000;
/** Datagrams without a reply after which an address is silent. */
const silentAfter = 2;

interface Waiter {
  readonly enter: () => void;
}

/** State of one tracker address. */
export class UdpEndpoint {
  readonly to: Address;
  /** The addresses of the same tracker, this one too. */
  siblings: readonly UdpEndpoint[] = [];
  readonly connection: UdpConnection;
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** Datagrams in a row that were not answered; of those sent together one counts. */
  #unanswered = 0;
  #answeredAtMs = -Infinity;
  #countedAtMs = 0;
  #probeAtMs = 0;
  #probe: Timer | "sent" | undefined;
  readonly #waiting = new Set<Waiter>();

  constructor(to: Address, services: Omit<ConnectionServices, "answered">) {
    this.to = to;
    this.#clock = services.clock;
    this.#timers = services.timers;
    this.connection = new UdpConnection(to, { ...services, answered: () => this.answered() });
  }

  get isSilent(): boolean {
    return this.#unanswered >= silentAfter;
  }

  /** Time of the next probe of a silent address. */
  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** Time of the last reply; -Infinity before the first. */
  get answeredAtMs(): number {
    return this.#answeredAtMs;
  }

  /** Requests that wait until the address answers, or for their turn to probe it. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Silence after which a datagram counts as not answered. */
  get waitMs(): number {
    return firstWaitMs * 2 ** Math.min(this.#unanswered, silentAfter - 1);
  }

  /** Resolves when a request may be sent: at once, unless the address is silent. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.isSilent) return;
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      };
      const waiter: Waiter = {
        enter: () => {
          this.#waiting.delete(waiter);
          signal.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(waiter);
      this.#planProbe();
    });
  }

  /** The address has answered: everything that waits is sent. */
  answered(): void {
    this.#unanswered = 0;
    this.#answeredAtMs = this.#clock.nowMs();
    if (typeof this.#probe === "object") this.#probe.cancel();
    this.#probe = undefined;
    this.#release();
    // Their requests fail soon, and find this address.
    for (const sibling of this.siblings) if (sibling !== this) sibling.#release();
  }

  #release(): void {
    for (const { enter } of [...this.#waiting]) enter();
  }

  /** A datagram was not answered in time. @param sentAtMs Monotonic. */
  unanswered(sentAtMs: number): void {
    if (this.#unanswered > 0 && sentAtMs < this.#countedAtMs) return;
    this.#countedAtMs = this.#clock.nowMs();
    this.#unanswered++;
    if (!this.isSilent) return;
    const sincePrevious = firstWaitMs * 2 ** Math.min(this.#unanswered - 1, 20);
    // The wait for the reply is part of the interval.
    const intervalMs = Math.min(sincePrevious, longestWaitMs) - this.#lastWaitMs();
    this.#probeAtMs = this.#clock.nowMs() + Math.max(0, intervalMs);
    this.#probe = undefined;
    this.#planProbe();
  }

  /** The request that probed ended without a result: another one may. */
  probeGivenUp(): void {
    if (this.#probe !== "sent") return;
    this.#probe = undefined;
    this.#planProbe();
  }

  #lastWaitMs(): number {
    return firstWaitMs * 2 ** Math.min(this.#unanswered - 1, silentAfter - 1);
  }

  #planProbe(): void {
    if (this.#probe !== undefined || this.#waiting.size === 0 || !this.isSilent) return;
    const delayMs = Math.max(0, this.#probeAtMs - this.#clock.nowMs());
    this.#probe = this.#timers.after(delayMs, () => {
      this.#probe = undefined;
      const [first] = this.#waiting;
      if (first === undefined) return;
      this.#probe = "sent";
      first.enter();
    });
  }
}
