// A relay before UDP trackers that records what clients send. The tracker sees the relay's address as the client's, which
// on loopback is the same.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  decodeUdpRequest,
  type AddressFamily,
  type UdpTrackerRequest,
} from "@troupe/protocol/tracker";
import { until } from "../time/until.ts";
import type { TestTracker } from "./test-tracker.ts";

const loopback = { 4: "127.0.0.1", 6: "::1" } as const;
const families = [4, 6] as const;

/** A client's datagram, in the order of arrival. */
export type RecordedRequest = UdpTrackerRequest & { readonly family: AddressFamily };

/** An announce as recorded. */
export type RecordedAnnounce = Extract<RecordedRequest, { action: "announce" }>;

type TrackerOfFamily = Partial<Record<AddressFamily, TestTracker>>;

/** Trackers behind one port of loopback: one a family, or one for a single family. */
export class RecordedTracker<
  Trackers extends TrackerOfFamily = TrackerOfFamily,
> implements TestTracker {
  /** Announce address over UDP. With a tracker in both families its host is a name that has both addresses. */
  readonly url: string;
  /** Datagrams of clients so far. */
  readonly requests: RecordedRequest[] = [];
  readonly trackers: Trackers;
  readonly #sockets = new Set<Socket>();

  private constructor(trackers: Trackers, port: number, urlData: string) {
    this.trackers = trackers;
    this.url = `udp://${hostOf(trackers)}:${port}${urlData}`;
  }

  /** Listens before trackers that answer UDP at the port of their `url`. @param urlData Path and query of the address. */
  static async before<Trackers extends TrackerOfFamily>(
    trackers: Trackers,
    urlData = "/announce",
  ): Promise<RecordedTracker<Trackers>> {
    const sockets = new Map<AddressFamily, Socket>();
    let port = 0;
    for (const family of families) {
      if (trackers[family] === undefined) continue;
      const socket = await bound(family, port);
      ({ port } = socket.address());
      sockets.set(family, socket);
    }
    const recorder = new RecordedTracker(trackers, port, urlData);
    for (const [family, socket] of sockets) recorder.#relay(family, socket);
    return recorder;
  }

  /** Announces so far; one that the client repeats without an answer counts once. */
  announces(event?: RecordedAnnounce["query"]["event"]): RecordedAnnounce[] {
    const distinct = new Map<string, RecordedAnnounce>();
    for (const request of this.requests) {
      if (request.action !== "announce") continue;
      if (event !== undefined && request.query.event !== event) continue;
      distinct.set(`${request.family} ${request.transactionId}`, request);
    }
    return [...distinct.values()];
  }

  async knowsSeeder(infoHash: string): Promise<void> {
    await (this.trackers[4] ?? this.trackers[6])?.knowsSeeder(infoHash);
  }

  /** Settles when `isThere` holds for what was recorded. */
  async until(what: string, isThere: () => boolean): Promise<void> {
    await until(`the recorder has seen ${what}`, isThere);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    for (const family of families) await this.trackers[family]?.[Symbol.asyncDispose]();
  }

  #relay(family: AddressFamily, socket: Socket): void {
    this.#sockets.add(socket);
    const { port } = new URL(this.trackers[family]?.url ?? "");
    const upstreams = new Map<string, Socket>();
    socket.on("message", (bytes, client) => {
      this.requests.push({ ...decodeUdpRequest(bytes), family });
      const key = `${client.address} ${client.port}`;
      let upstream = upstreams.get(key);
      if (upstream === undefined) {
        upstream = createSocket(family === 4 ? "udp4" : "udp6");
        upstreams.set(key, upstream);
        this.#sockets.add(upstream);
        upstream.on("message", (reply) => socket.send(reply, client.port, client.address));
      }
      upstream.send(bytes, Number(port), loopback[family]);
    });
  }
}

function hostOf(trackers: TrackerOfFamily): string {
  if (trackers[6] === undefined) return loopback[4];
  return trackers[4] === undefined ? `[${loopback[6]}]` : "localhost";
}

async function bound(family: AddressFamily, port: number): Promise<Socket> {
  const socket = createSocket({ type: family === 4 ? "udp4" : "udp6", ipv6Only: family === 6 });
  socket.bind(port, loopback[family]);
  await once(socket, "listening");
  return socket;
}
