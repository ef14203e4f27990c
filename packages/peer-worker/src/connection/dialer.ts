// Dials peers within the system's bound of half-open connections.

import type { Dial } from "@troupe/messages";

import {
  firstAttempt,
  secondAttempt,
  type AttemptEnd,
  type DialAttempt,
} from "./encryption/dial-attempts.ts";
import { type DialTarget, Handshake } from "./handshake.ts";
import { maxWaitingDials } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Torrent } from "../torrent.ts";

interface WaitingDial {
  readonly order: Dial;
  readonly attempt: DialAttempt;
  /** No other attempt follows. */
  readonly isLast: boolean;
}

/** Dials for all torrents of a worker, in order of request. */
export class Dialer {
  readonly #worker: PeerWorker;
  readonly #halfOpen: Set<Handshake> = new Set<Handshake>();
  readonly #handshakes: Set<Handshake> = new Set<Handshake>();
  #waiting: WaitingDial[] = [];

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  dial(order: Dial): void {
    const attempt = firstAttempt(this.#worker.encryption, order.kind);
    if (this.#waiting.length < maxWaitingDials)
      this.#waiting.push({ order, attempt, isLast: false });
    else this.#emitFailure(order, "dial-queue-full");
    this.#dialNext();
  }

  /** Its half-open place is free. */
  connected(handshake: Handshake): void {
    this.#halfOpen.delete(handshake);
    this.#handshakes.add(handshake);
    this.#dialNext();
  }

  handshakeEnded(handshake: Handshake): void {
    this.#handshakes.delete(handshake);
    if (this.#halfOpen.delete(handshake)) this.#dialNext();
  }

  /** An attempt has failed: the next one begins, if there is one. */
  failed({ isLast, order }: DialTarget, end: AttemptEnd): void {
    const next = isLast ? undefined : secondAttempt(this.#worker.encryption, end);
    if (next === undefined) return this.#emitFailure(order, end.reason);
    this.#waiting.unshift({ order, attempt: next, isLast: true });
    this.#dialNext();
  }

  reportFailure(order: Dial, reason: string): void {
    this.#emitFailure(order, reason);
  }

  dropTorrent(torrent: Torrent): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ order }) => order.torrent !== torrent.id);
    for (const { order } of waiting) {
      if (order.torrent === torrent.id) this.#emitFailure(order, "torrent-closed");
    }
    for (const handshake of [...this.#halfOpen, ...this.#handshakes]) {
      if (handshake.target?.torrent === torrent) handshake.fail("torrent-closed");
    }
  }

  /** The IP filter has changed. Waiting dials are looked at when they start. */
  closeFiltered(): void {
    for (const handshake of [...this.#halfOpen, ...this.#handshakes]) handshake.failIfFiltered();
  }

  #dialNext(): void {
    const { options } = this.#worker;
    while (this.#halfOpen.size < options.halfOpenLimit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  #start({ order, attempt, isLast }: WaitingDial): void {
    const torrent = this.#worker.torrents.get(order.torrent);
    if (torrent === undefined || torrent.isClosing) {
      this.#emitFailure(order, "torrent-closed");
      return;
    }
    const { host, port, timeoutMs } = order;
    if (this.#worker.ipFilter.has(host)) {
      this.#emitFailure(order, "ip-filtered");
      return;
    }
    if (this.#worker.quarantine.has(host, port, this.#worker.nowMs())) {
      this.#emitFailure(order, "set-aside");
      return;
    }
    const localHost = localHostFor(host, this.#worker.options.bind);
    if (localHost === "none") {
      this.#emitFailure(order, "no-local-address");
      return;
    }
    const handshake = new Handshake(this.#worker, this, {
      torrent,
      ...{ host, port, attempt, isLast, order },
      dialer: this,
    });
    this.#halfOpen.add(handshake);
    const options = localHost === undefined ? { timeoutMs } : { timeoutMs, localHost };
    const { sockets } = this.#worker.context;
    handshake.connection.attach(sockets.dial({ host, port }, handshake.connection, options));
  }

  #emitFailure(order: Pick<Dial, "torrent" | "host" | "port">, reason: string): void {
    const { torrent, host, port } = order;
    this.#worker.notices.emit("dial-failed", { torrent, host, port, reason });
  }
}

/** @returns Our address to dial from; undefined lets the system choose, `none` when no family fits. */
function localHostFor(host: string, bind: readonly string[]): string | undefined {
  if (bind.length === 0) return undefined;
  const isIp6 = host.includes(":");
  return bind.find((local) => local.includes(":") === isIp6) ?? "none";
}
