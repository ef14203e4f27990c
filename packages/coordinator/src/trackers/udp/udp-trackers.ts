// Announces and scrapes of all torrents to UDP trackers (BEP 15, BEP 41).

import type { Address, Clock } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { addressKey } from "@troupe/protocol/address";
import {
  encodeUdpAnnounce,
  encodeUdpScrape,
  maxUdpScrapeHashes,
  type AnnounceReply,
  type AnnounceRequest,
  type ConnectionId,
  type ScrapeCounts,
  type UdpTrackerReply,
} from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { firstAnswer } from "../first-answer.ts";
import { UdpEndpoint } from "./udp-endpoint.ts";
import { refused, silent } from "./udp-errors.ts";
import { UdpExchange, type UdpServices } from "./udp-exchange.ts";

/** Addresses remembered; the one used longest ago is forgotten. */
const maxEndpoints = 1_000;
/** `stopped` has little time: its datagrams are sent again after these. */
const stoppedRepeatsMs = [300, 700];

/** Silence of an address after which the next one of its tracker is asked too (RFC 8305, 5). */
const nextAddressMs = 250;
/** Addresses of a tracker that are searched; further ones are left out. */
const mostSearched = 8;

/** Makes the datagram of a request. */
type Encode = (ids: { connectionId: ConnectionId; transactionId: number }) => Uint8Array;

/** When a request is sent. */
interface UdpTurn {
  readonly signal: AbortSignal;
  /** Waits for a place, which the result frees; not called while the address is silent. */
  readonly takePlace?: () => Promise<() => void>;
  /** `stopped`: it is sent whether the address is silent or not, and repeated. */
  readonly isLast?: boolean;
}

interface Request extends UdpTurn {
  readonly to: Address;
  readonly encode: Encode;
  readonly action: "announce" | "scrape";
  readonly repeatsMs?: readonly number[];
}

/** The UDP trackers of one engine. */
export class UdpTrackers {
  readonly #exchange: UdpExchange;
  readonly #services: UdpServices & { readonly clock: Clock };
  /** By address and port, the one used last at the end. */
  readonly #endpoints = new Map<string, UdpEndpoint>();
  readonly #end = new AbortController();

  constructor(services: UdpServices & { readonly clock: Clock }) {
    this.#services = services;
    this.#exchange = new UdpExchange(services);
  }

  /**
   * Announces once. Without a reply the datagram is sent again after 15 s, and the announce fails after 45 s.
   *
   * @param to One address of the tracker. @param url Its path and query are sent. @param announce Called for each
   *   datagram.
   * @throws rejects with TroupeError `tracker-silent`, `tracker-refused` (the tracker's reason), `tracker-unreachable`;
   *   ProtocolError `datagram-malformed`; the signal's reason.
   */
  async announce(
    to: Address,
    url: string,
    announce: () => AnnounceRequest,
    turn: UdpTurn,
  ): Promise<AnnounceReply> {
    const encode: Encode = (ids) => encodeUdpAnnounce(ids, url, announce());
    const request: Request = { to, encode, action: "announce", ...turn };
    const isLast = turn.isLast === true;
    const reply = await this.#request(
      isLast ? { ...request, repeatsMs: stoppedRepeatsMs } : request,
    );
    if (reply.action !== "announce") throw new Error(`bug: a reply of action ${reply.action}`);
    return reply.reply;
  }

  /** @returns Counts in the order of the hashes; fewer when the tracker sends fewer. @throws As `announce`. */
  async scrape(
    to: Address,
    infoHashes: readonly InfoHash[],
    signal: AbortSignal,
  ): Promise<ScrapeCounts[]> {
    const counts: ScrapeCounts[] = [];
    for (let at = 0; at < infoHashes.length; at += maxUdpScrapeHashes) {
      const some = infoHashes.slice(at, at + maxUdpScrapeHashes);
      const encode: Encode = (ids) => encodeUdpScrape(ids, some);
      const reply = await this.#request({ to, encode, action: "scrape", signal });
      if (reply.action !== "scrape") throw new Error(`bug: a reply of action ${reply.action}`);
      counts.push(...reply.counts.slice(0, some.length));
    }
    return counts;
  }

  /**
   * Finds the address of a tracker that answers. Several get a connect, 250 ms apart or as soon as the one before has failed,
   * the one that answered last first. Silent addresses come last, when their probe is due.
   *
   * @param addresses Addresses of one family, at least one. The first eight count.
   * @param turn `stopped` has no time for a search, which holds a place.
   * @returns The first that answered; the most promising one if none did.
   * @throws rejects with the signal's reason.
   */
  async findAnswering(
    addresses: readonly Address[],
    { signal, isLast = false, takePlace }: UdpTurn,
  ): Promise<Address> {
    const endpoints = this.#inOrder(addresses.slice(0, mostSearched));
    const [first] = endpoints;
    if (first === undefined) throw new Error("bug: a tracker without an address");
    const needsSearch = endpoints.length > 1 && !isLast && first.connection.id === undefined;
    if (!needsSearch) return first.to;
    const free = await takePlace?.();
    try {
      const found = await this.#connectToFirst(endpoints, signal);
      signal.throwIfAborted();
      return (found ?? first).to;
    } finally {
      free?.();
    }
  }

  async #connectToFirst(
    endpoints: readonly UdpEndpoint[],
    signal: AbortSignal,
  ): Promise<UdpEndpoint | undefined> {
    const { clock, timers } = this.#services;
    const over = new AbortController();
    const turn = {
      repeatsMs: [],
      signal: AbortSignal.any([signal, this.#end.signal, over.signal]),
    };
    const sentAtMs = clock.nowMs();
    const unanswered: UdpEndpoint[] = [];
    try {
      const found = await firstAnswer({
        ...{ count: endpoints.length, timers, patienceMs: () => nextAddressMs },
        ask: async (index, begun) => {
          const endpoint = endpoints[index];
          if (endpoint === undefined || turn.signal.aborted) return undefined;
          begun();
          const untilMs = clock.nowMs() + endpoint.waitMs;
          try {
            if ((await endpoint.connection.wait({ ...turn, untilMs })) !== undefined)
              return endpoint;
            unanswered.push(endpoint);
          } catch {
            // A refusal, or no route: the announce to the address has the same result, and reports it.
          }
          return undefined;
        },
      });
      if (found === undefined) for (const endpoint of unanswered) endpoint.unanswered(sentAtMs);
      return found;
    } finally {
      over.abort();
    }
  }

  /**
   * The endpoints that are not silent, the one that answered last first, and behind them the silent ones whose probe is due; if
   * all are silent, the one that is probed next.
   */
  #inOrder(addresses: readonly Address[]): readonly UdpEndpoint[] {
    const all = addresses.map((address) => this.#endpointOf(address));
    for (const endpoint of all) endpoint.siblings = all;
    const nowMs = this.#services.clock.nowMs();
    const silentOnes = all
      .filter(({ isSilent }) => isSilent)
      .toSorted((one, other) => one.probeAtMs - other.probeAtMs);
    const answering = all
      .filter(({ isSilent }) => !isSilent)
      .toSorted((one, other) => other.answeredAtMs - one.answeredAtMs || 0);
    if (answering.length === 0) return silentOnes.slice(0, 1);
    return [...answering, ...silentOnes.filter(({ probeAtMs }) => probeAtMs <= nowMs)];
  }

  /** Whether no question to this address was answered lately: a further one would wait. */
  isSilent(to: Address): boolean {
    return this.#endpoints.get(addressKey(to.host, to.port))?.isSilent === true;
  }

  /** Ends every request. */
  async close(): Promise<void> {
    this.#end.abort(new TroupeError("tracker-closed", "the engine is ending"));
    await this.#exchange.close();
  }

  async #request(request: Request): Promise<UdpTrackerReply> {
    const signal = AbortSignal.any([request.signal, this.#end.signal]);
    const endpoint = this.#endpointOf(request.to);
    const isLast = request.repeatsMs !== undefined;
    for (;;) {
      // `stopped` has no time to wait.
      if (!isLast) await endpoint.enter(signal);
      const isProbe = !isLast && endpoint.isSilent;
      try {
        const free = await request.takePlace?.();
        try {
          // The address may have become silent in the meantime.
          if (isLast || isProbe || !endpoint.isSilent) {
            return await this.#ask(endpoint, { ...request, signal }, isProbe);
          }
        } finally {
          free?.();
        }
      } finally {
        if (isProbe) endpoint.probeGivenUp();
      }
    }
  }

  async #ask(endpoint: UdpEndpoint, request: Request, isProbe: boolean): Promise<UdpTrackerReply> {
    for (;;) {
      const sentAtMs = this.#services.clock.nowMs();
      const reply = await this.#attempt(endpoint, request);
      if (reply !== undefined) return reply;
      endpoint.unanswered(sentAtMs);
      if (isProbe || endpoint.isSilent) throw silent(request.to);
    }
  }

  /** One datagram's wait, connect included. @returns Undefined when it was not answered. */
  async #attempt(endpoint: UdpEndpoint, request: Request): Promise<UdpTrackerReply | undefined> {
    const { clock } = this.#services;
    const { to, encode, action, repeatsMs = [], signal } = request;
    const untilMs = clock.nowMs() + endpoint.waitMs;
    for (;;) {
      const known = endpoint.connection.id;
      const connectionId =
        known ?? (await endpoint.connection.wait({ untilMs, repeatsMs, signal }));
      if (connectionId === undefined) return undefined;
      const reply = await this.#exchange.ask({
        ...{ to, action, repeatsMs, signal },
        bytes: (transactionId) => encode({ connectionId, transactionId }),
        waitMs: Math.max(1, untilMs - clock.nowMs()),
      });
      if (reply !== undefined) endpoint.answered();
      if (reply?.action !== "error") return reply;
      // A tracker that was started again does not know the ids that it gave before.
      if (known === undefined) throw refused(action, reply.reason);
      endpoint.connection.forget(known);
    }
  }

  #endpointOf(to: Address): UdpEndpoint {
    const key = addressKey(to.host, to.port);
    const services = { ...this.#services, exchange: this.#exchange, end: this.#end.signal };
    const endpoint = this.#endpoints.get(key) ?? new UdpEndpoint(to, services);
    this.#endpoints.delete(key);
    this.#endpoints.set(key, endpoint);
    for (const [other, { waiting }] of this.#endpoints) {
      if (this.#endpoints.size <= maxEndpoints) break;
      if (waiting === 0 && other !== key) this.#endpoints.delete(other);
    }
    return endpoint;
  }
}
