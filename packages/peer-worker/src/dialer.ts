// Dialling peers, so many at once as the system bears.

import type { Dial } from "@troupe/messages";

import { type Dialled, Handshake } from "./handshake.ts";
import { maxWaitingDials } from "./limits.ts";
import type { PeerWorker } from "./peer-worker.ts";
import type { Torrent } from "./torrent.ts";

/** Dials for all torrents of a worker, in the order in which they were asked for. */
export class Dialer {
  readonly #worker: PeerWorker;
  readonly #halfOpen: Set<Handshake> = new Set<Handshake>();
  /** Dialled connections that stand but have not shaken hands. */
  readonly #shaking: Set<Handshake> = new Set<Handshake>();
  #waiting: Dial[] = [];

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  dial(order: Dial): void {
    if (this.#waiting.length < maxWaitingDials) this.#waiting.push(order);
    else this.#announce(order, "dial-queue-full");
    this.#goOn();
  }

  /** The connection stands: its place among the half-open ones is free. */
  connected(handshake: Handshake): void {
    this.#halfOpen.delete(handshake);
    this.#shaking.add(handshake);
    this.#goOn();
  }

  /** The handshake is over, well or not. */
  settled(handshake: Handshake): void {
    this.#shaking.delete(handshake);
    if (this.#halfOpen.delete(handshake)) this.#goOn();
  }

  sayFailed(dialled: Dialled, reason: string): void {
    this.#announce({ ...dialled, torrent: dialled.torrent.id }, reason);
  }

  /** Gives up all dials for a torrent. */
  drop(torrent: Torrent): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((order) => order.torrent !== torrent.id);
    for (const order of waiting) {
      if (order.torrent === torrent.id) this.#announce(order, "torrent-closed");
    }
    for (const handshake of [...this.#halfOpen, ...this.#shaking]) {
      if (handshake.dialled?.torrent === torrent) handshake.fail("torrent-closed");
    }
  }

  #goOn(): void {
    const { options } = this.#worker;
    while (this.#halfOpen.size < options.halfOpenLimit) {
      const order = this.#waiting.shift();
      if (order === undefined) return;
      this.#start(order);
    }
  }

  #start(order: Dial): void {
    const torrent = this.#worker.torrents.get(order.torrent);
    if (torrent === undefined || torrent.isClosing) {
      this.#announce(order, "torrent-closed");
      return;
    }
    const { host, port, timeoutMs } = order;
    if (this.#worker.setAside.has(host, port, this.#worker.nowMs())) {
      this.#announce(order, "set-aside");
      return;
    }
    const localHost = localHostFor(host, this.#worker.options.bind);
    if (localHost === "none") {
      this.#announce(order, "no-local-address");
      return;
    }
    const handshake = new Handshake(this.#worker, { torrent, host, port });
    this.#halfOpen.add(handshake);
    const options = localHost === undefined ? { timeoutMs } : { timeoutMs, localHost };
    const { sockets } = this.#worker.context;
    handshake.connection.attach(sockets.dial({ host, port }, handshake.connection, options));
  }

  #announce(order: Omit<Dial, "timeoutMs">, reason: string): void {
    const { torrent, host, port } = order;
    this.#worker.notices.say("dial-failed", { torrent, host, port, reason });
  }
}

/** @returns The address of ours to dial from; undefined leaves it to the system, `none` when no family fits. */
function localHostFor(host: string, bind: readonly string[]): string | undefined {
  if (bind.length === 0) return undefined;
  const isIp6 = host.includes(":");
  return bind.find((local) => local.includes(":") === isIp6) ?? "none";
}
