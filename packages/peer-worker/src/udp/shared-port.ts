// The UDP port of the peers' number: one socket a family. uTP runs beside it in this thread; the DHT worker and the
// engine, for its UDP trackers, get their datagrams over their links.

import {
  pause,
  type Address,
  type Context,
  type DatagramSocket,
  type Ref,
  type Sender,
} from "@troupe/actor-runtime";
import {
  bindFamilies,
  readBatch,
  type BatchHandlers,
  type PortUser,
  type PortUserProtocol,
  type UdpListen,
  type UdpListening,
} from "@troupe/messages";
import type { AddressFamily } from "@troupe/protocol/tracker";
import { AskedAddresses } from "./asked-addresses.ts";
import { datagramKind } from "./first-byte.ts";
import { UserQueue } from "./user-queue.ts";

/** For datagrams that come while the thread is busy with peers: 700 of the longest. The system may give less. */
const receiveBufferBytes = 1024 * 1024;
/** The system may release the ports of a dead thread a moment later. */
const reopening = { pauseMs: 200, tries: 25 };
/** Between two log entries about datagrams that a user had no room for. */
const logPauseMs = 60_000;

/** uTP, which runs in this thread. */
interface Utp {
  /** @param bytes Lent for the duration of the call. */
  received(bytes: Uint8Array, from: Address): void;
  /** The datagrams of this turn have been received. */
  batchEnded(): void;
  /** @param to The object that `send` got. */
  notSent(to: Address, code: string): void;
}

interface UserOfPort {
  readonly peer: Sender;
  readonly ref: Ref<PortUserProtocol>;
  readonly queue: UserQueue;
  readonly handlers: BatchHandlers;
}

/** An address that a user sends to; the system names it again when it refuses. */
class UserAddress implements Address {
  readonly host: string;
  readonly port: number;
  readonly user: PortUser;

  constructor({ host, port }: Address, user: PortUser) {
    this.host = host;
    this.port = port;
    this.user = user;
  }
}

/** Owns the sockets of the port. */
export class SharedPort {
  /** Undefined: datagrams of uTP are not read. */
  utp: Utp | undefined;
  readonly #context: Pick<Context, "clock" | "datagrams" | "log" | "ref" | "timers">;
  readonly #sockets = new Map<AddressFamily, DatagramSocket>();
  readonly #users = new Map<PortUser, UserOfPort>();
  readonly #trackers = new AskedAddresses();
  /** The last outcome of `open`; undefined before. */
  #listening: UdpListening | undefined;
  #opened: Promise<unknown> = Promise.resolve();
  #isTurnEndPlanned = false;
  /** Datagrams that found no room at users that are gone. */
  #lostDrops = 0;
  #loggedDrops = 0;
  #nextLogMs = 0;

  constructor(context: Pick<Context, "clock" | "datagrams" | "log" | "ref" | "timers">) {
    this.#context = context;
  }

  /** Opens the sockets of the families that have none, and tells the users. One call after the other. */
  open(request: UdpListen): Promise<UdpListening> {
    const opened = this.#opened.then(() => this.#open(request));
    this.#opened = opened;
    return opened;
  }

  /** `use-port` has come. A user that uses the port already gets the answer again. */
  use(user: PortUser, peer: Sender): void {
    const known = this.#users.get(user);
    const isKnown = known?.peer.name === peer.name && known.peer.epoch === peer.epoch;
    const using = isKnown ? known : this.#newUser(user, peer);
    this.#users.set(user, using);
    if (this.#listening !== undefined) tellOpened(using.ref, this.#listening);
  }

  /** An actor that may use the port is gone. */
  leave({ name, epoch }: Sender): void {
    for (const [user, { peer, queue }] of this.#users) {
      if (peer.name !== name || peer.epoch !== epoch) continue;
      this.#lostDrops += queue.dropped;
      this.#users.delete(user);
    }
  }

  /** `send-datagrams` has come. @throws {RangeError} for bytes that are no batch. */
  sendBatch(user: PortUser, batch: Uint8Array): void {
    const using = this.#users.get(user);
    if (using !== undefined) readBatch(batch, using.handlers);
  }

  /** `datagrams-taken` has come. */
  taken(user: PortUser): void {
    this.#users.get(user)?.queue.taken();
  }

  /** Bytes that a proxy takes of each packet to an address; 0 without a proxy. */
  headerBytesTo(to: Address): number {
    return this.#sockets.get(familyOf(to))?.headerBytes ?? 0;
  }

  /** Sends one datagram, whose memory belongs to the socket from now on. */
  send(bytes: Uint8Array, to: Address): void {
    const socket = this.#sockets.get(familyOf(to));
    if (socket === undefined) this.#notSent(to, "EAFNOSUPPORT");
    else socket.send(bytes, to);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  async #open(request: UdpListen): Promise<UdpListening> {
    let refused = await this.#bind(request);
    for (let tries = reopening.tries; tries > 0 && isReleasedSoon(request, refused); tries--) {
      // One try after the other. oxlint-disable-next-line no-await-in-loop
      await pause(this.#context.timers, reopening.pauseMs);
      // oxlint-disable-next-line no-await-in-loop
      refused = await this.#bind(request);
    }
    const sockets = Array.from(this.#sockets, ([family, { address }]) => ({ family, ...address }));
    const listening = { sockets, refused };
    this.#listening = listening;
    for (const { ref } of this.#users.values()) tellOpened(ref, listening);
    return listening;
  }

  #bind(request: UdpListen): Promise<UdpListening["refused"]> {
    const handlers = {
      received: (bytes: Uint8Array, from: Address) => this.#received(bytes, from),
      notSent: (to: Address, code: string) => this.#notSent(to, code),
    };
    return bindFamilies(
      {
        datagrams: this.#context.datagrams,
        receiveBufferBytes,
        has: (family) => this.#sockets.has(family),
        handlersOf: () => handlers,
        opened: (family, socket) => void this.#sockets.set(family, socket),
      },
      request,
    );
  }

  #newUser(user: PortUser, peer: Sender): UserOfPort {
    const ref = this.#context.ref<PortUserProtocol>(peer.name);
    const send = (batch: Uint8Array): boolean => {
      // A user that handles nothing is replaced or ends: its next incarnation gets a new queue.
      if (ref.credits === 0) return false;
      ref.cast("datagrams-received", { batch });
      return true;
    };
    const handlers: BatchHandlers = {
      datagram: (bytes, to) => {
        if (user === "trackers") this.#trackers.add(to);
        this.send(bytes, new UserAddress(to, user));
      },
      // A user reports no refusals.
      refused: () => undefined,
    };
    return { peer, ref, queue: new UserQueue(send), handlers };
  }

  #received(bytes: Uint8Array, from: Address): void {
    const kind = datagramKind(bytes);
    if (kind === undefined) return;
    if (kind === "utp") this.utp?.received(bytes, from);
    else if (kind === "dht" || this.#trackers.has(from))
      this.#users.get(kind)?.queue.received(bytes, from);
    this.#planTurnEnd();
  }

  #notSent(to: Address, code: string): void {
    if (to instanceof UserAddress) this.#users.get(to.user)?.queue.notSent(to, code);
    else this.utp?.notSent(to, code);
    this.#planTurnEnd();
  }

  #planTurnEnd(): void {
    if (this.#isTurnEndPlanned) return;
    this.#isTurnEndPlanned = true;
    this.#context.timers.soon(this.#endTurn);
  }

  readonly #endTurn = (): void => {
    this.#isTurnEndPlanned = false;
    this.utp?.batchEnded();
    for (const { queue } of this.#users.values()) queue.flush();
    this.#logDrops();
  };

  /** Once a minute at most, while there are some. */
  #logDrops(): void {
    let dropped = this.#lostDrops;
    for (const { queue } of this.#users.values()) dropped += queue.dropped;
    const nowMs = this.#context.clock.nowMs();
    if (dropped <= this.#loggedDrops || nowMs < this.#nextLogMs) return;
    this.#context.log("warn", "datagrams-dropped", { dropped });
    this.#loggedDrops = dropped;
    this.#nextLogMs = nowMs + logPauseMs;
  }
}

function familyOf({ host }: Address): AddressFamily {
  return host.includes(":") ? 6 : 4;
}

function tellOpened(ref: Ref<PortUserProtocol>, listening: UdpListening): void {
  if (ref.credits > 0) ref.cast("port-opened", listening);
  else ref.whenRoom(() => ref.cast("port-opened", listening));
}

/** A port of the previous incarnation is in use. */
function isReleasedSoon({ last }: UdpListen, refused: UdpListening["refused"]): boolean {
  return refused.some(
    ({ family, code }) =>
      code === "EADDRINUSE" && (family === 4 ? last?.ipv4 : last?.ipv6) !== undefined,
  );
}
