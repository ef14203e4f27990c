// Dials peers within the system's bound of half-open connections.

import { WindowCount, type Stream, type StreamHandlers, type Timer } from "@troupe/actor-runtime";
import type { Dial, Transport } from "@troupe/messages";
import type { HashVersion } from "@troupe/protocol/identity";

import { dialOrder, utpDialsPerSecond, type DialOrder } from "./dial-order.ts";
import { dialledName, isHybrid } from "./agree-version.ts";
import { DialRace } from "./dial-race.ts";
import {
  firstAttempt,
  isUnknownName,
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
  /** No attempt with another encryption follows under this name. */
  readonly isLast: boolean;
  /** Set for an attempt with the name that another attempt did not use. */
  readonly otherName?: HashVersion;
  /** The transport of the attempt before. */
  readonly transport?: Transport;
}

/** Dials for all torrents of a worker, in order of request. */
export class Dialer {
  readonly #worker: PeerWorker;
  readonly #halfOpen: Set<Handshake> = new Set<Handshake>();
  readonly #handshakes: Set<Handshake> = new Set<Handshake>();
  readonly #utpPace = new WindowCount(utpDialsPerSecond, 1_000);
  /** Set while no further dial over uTP may begin in this second. */
  #pause: Timer | undefined;
  #waiting: WaitingDial[] = [];

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  dial(order: Dial): void {
    const attempt = firstAttempt(this.#worker.encryption, order.kind);
    if (order.isHolepunch === true) return this.#start({ order, attempt, isLast: false });
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
  failed(target: DialTarget, end: AttemptEnd): void {
    const next = this.#attemptAfter(target, end);
    if (next === undefined) return this.#emitFailure(target.order, end.reason);
    this.#waiting.unshift(next);
    this.#dialNext();
  }

  /** Another encryption under the same name, then the same under the other name of a hybrid. */
  #attemptAfter(target: DialTarget, end: AttemptEnd): WaitingDial | undefined {
    const { isLast, isOtherName, name, order, torrent } = target;
    const { encryption } = this.#worker;
    const { transport } = end;
    const attempt = isLast ? undefined : secondAttempt(encryption, end);
    const version: HashVersion = name === torrent.infoHashV2 ? "v2" : "v1";
    const sameName = isOtherName && { otherName: version };
    if (attempt !== undefined) return { order, attempt, isLast: true, ...sameName, transport };
    if (isOtherName || !isHybrid(torrent) || !isUnknownName(end)) return undefined;
    const otherName = version === "v2" ? "v1" : "v2";
    const first = firstAttempt(encryption, order.kind);
    return { order, attempt: first, isLast: false, otherName, transport };
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
    while (this.#halfOpen.size < options.halfOpenLimit && this.#pause === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  #start(dial: WaitingDial): void {
    const { order } = dial;
    const torrent = this.#worker.torrents.get(order.torrent);
    if (torrent === undefined || torrent.isClosing)
      return this.#emitFailure(order, "torrent-closed");
    const refusal = this.#refusalOf(order);
    if (refusal !== undefined) return this.#emitFailure(order, refusal);
    const transports = order.isHolepunch === true ? this.#punchOrder() : this.#transportsOf(dial);
    if (transports === undefined) return this.#emitFailure(order, "no-udp-port");
    if (transports === "wait") return this.#waitForSecond(dial);
    this.#race(dial, torrent, transports);
  }

  /** Why an address is not dialled. */
  #refusalOf({ host, port }: Dial): string | undefined {
    const { ipFilter, options, quarantine } = this.#worker;
    if (ipFilter.has(host)) return "ip-filtered";
    if (quarantine.has(host, port, this.#worker.nowMs())) return "set-aside";
    return localHostFor(host, options.bind) === "none" ? "no-local-address" : undefined;
  }

  /** @returns `wait`: uTP alone is allowed, and no further dial over it may begin in this second. */
  #transportsOf({ order, transport }: WaitingDial): DialOrder | "wait" | undefined {
    const { utp, transport: mode } = this.#worker;
    if (transport !== undefined) return { first: transport, second: undefined };
    const prefersUtp = order.kind.transport === "utp";
    const found = dialOrder({ mode, hasUtp: utp !== undefined, prefersUtp });
    if (found?.first !== "utp" || this.#utpPace.take(this.#worker.nowMs())) return found;
    return mode === "utp" ? "wait" : { first: "tcp", second: undefined };
  }

  /** Holepunch dials are few, and begin at once: the pace of the others does not hold. */
  #punchOrder(): DialOrder | undefined {
    const { transport, utp } = this.#worker;
    const isPossible = transport !== "tcp" && utp !== undefined;
    return isPossible ? { first: "utp", second: undefined } : undefined;
  }

  #waitForSecond(dial: WaitingDial): void {
    this.#waiting.unshift(dial);
    const pauseMs = this.#utpPace.pauseMs(this.#worker.nowMs());
    this.#pause = this.#worker.context.timers.after(pauseMs, () => {
      this.#pause = undefined;
      this.#dialNext();
    });
  }

  #race(dial: WaitingDial, torrent: Torrent, transports: DialOrder): void {
    const { order, attempt, isLast, otherName } = dial;
    const { host, port, foundBy = "v1" } = order;
    const name = dialledName(torrent, otherName ?? foundBy);
    const isOtherName = otherName !== undefined;
    const place = { host, port, order, dialer: this };
    const target = { ...place, torrent, name, attempt, isLast, isOtherName };
    const handshake = new Handshake(this.#worker, this, target);
    // The system counts half-open connections of TCP alone.
    (order.isHolepunch === true ? this.#handshakes : this.#halfOpen).add(handshake);
    const calls = {
      timers: this.#worker.context.timers,
      dial: (transport: Transport, handlers: StreamHandlers) =>
        transport === "utp" &&
        transports.second === "utp" &&
        !this.#utpPace.take(this.#worker.nowMs())
          ? undefined
          : this.#dialOver(transport, order, handlers),
      tcpEnded: () => this.connected(handshake),
    };
    const { connection } = handshake;
    connection.dial(new DialRace(transports, calls, connection));
  }

  #dialOver(
    transport: Transport,
    { host, port, timeoutMs }: Dial,
    handlers: StreamHandlers,
  ): Stream | undefined {
    const { context, options, utp } = this.#worker;
    if (transport === "utp") return utp?.dial({ host, port }, handlers, { timeoutMs });
    const localHost = localHostFor(host, options.bind);
    const bound = localHost === undefined ? { timeoutMs } : { timeoutMs, localHost };
    return context.sockets.dial({ host, port }, handlers, bound);
  }

  #emitFailure({ torrent, host, port, isHolepunch }: Dial, reason: string): void {
    const failed = { torrent, host, port, reason, ...(isHolepunch === true && { isHolepunch }) };
    this.#worker.notices.emit("dial-failed", failed);
  }
}

/** @returns Our address to dial from; undefined lets the system choose, `none` when no family fits. */
function localHostFor(host: string, bind: readonly string[]): string | undefined {
  if (bind.length === 0) return undefined;
  const isIp6 = host.includes(":");
  return bind.find((local) => local.includes(":") === isIp6) ?? "none";
}
