// A relay before UDP trackers that records what clients send. The tracker sees the relay's address as the client's, which
// on loopback is the same.

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { decodeUdpRequest, type AddressFamily, type UdpTrackerRequest } from "@troupe/protocol";
import type { TestTracker } from "./test-tracker.ts";

const loopback = { 4: "127.0.0.1", 6: "::1" } as const;
const families = [4, 6] as const;

/** A client's datagram, in the order of arrival. */
export type RecordedRequest = UdpTrackerRequest & { readonly family: AddressFamily };

/** An announce as recorded. */
export type RecordedAnnounce = Extract<RecordedRequest, { action: "announce" }>;

/** Trackers behind one port of loopback: one a family, or one for a single family. */
export class RecordedTracker implements TestTracker {
  /** Announce address over UDP. With a tracker in both families its host is a name that has both addresses. */
  readonly url: string;
  /** Datagrams of clients so far. */
  readonly requests: RecordedRequest[] = [];
  readonly #trackers: ReadonlyMap<AddressFamily, TestTracker>;
  readonly #sockets = new Set<Socket>();

  private constructor(
    trackers: ReadonlyMap<AddressFamily, TestTracker>,
    port: number,
    urlData: string,
  ) {
    this.#trackers = trackers;
    const [only = 4, ...others] = trackers.keys();
    const host = others.length > 0 ? "localhost" : only === 4 ? loopback[4] : `[${loopback[6]}]`;
    this.url = `udp://${host}:${port}${urlData}`;
  }

  /** Listens before trackers that answer UDP at the port of their `url`. @param urlData Path and query of the address. */
  static async before(
    trackers: Partial<Record<AddressFamily, TestTracker>>,
    urlData = "/announce",
  ): Promise<RecordedTracker> {
    const known = new Map(
      families.flatMap((f) => (trackers[f] ? [[f, trackers[f]] as const] : [])),
    );
    const sockets: [AddressFamily, TestTracker, Socket][] = [];
    let port = 0;
    for (const [family, tracker] of known) {
      const socket = await bound(family, port);
      ({ port } = socket.address());
      sockets.push([family, tracker, socket]);
    }
    const recorder = new RecordedTracker(known, port, urlData);
    for (const [family, tracker, socket] of sockets) recorder.#relay(family, tracker, socket);
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

  async knowsSeeder(infoHash: string, deadlineMs?: number): Promise<void> {
    const [tracker] = this.#trackers.values();
    await tracker?.knowsSeeder(infoHash, deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    for (const tracker of this.#trackers.values()) await tracker[Symbol.asyncDispose]();
  }

  #relay(family: AddressFamily, tracker: TestTracker, socket: Socket): void {
    this.#sockets.add(socket);
    const { port } = new URL(tracker.url);
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

async function bound(family: AddressFamily, port: number): Promise<Socket> {
  const socket = createSocket({ type: family === 4 ? "udp4" : "udp6", ipv6Only: family === 6 });
  socket.bind(port, loopback[family]);
  await once(socket, "listening");
  return socket;
}
