import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { randomInt } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import { ProtocolError } from "@troupe/protocol/errors";
import { encodeAnnounceFailure } from "@troupe/protocol/tracker";
import { answerAnnounce, type AnnounceRules, type Answering, type Origin } from "./announce.ts";
import { listenOnBoth, type Listening } from "./listen.ts";
import { answerScrape } from "./scrape.ts";
import { SwarmStore } from "./swarm-store.ts";
import type { TrackedPeer } from "./swarm.ts";
import { answerDatagram, ConnectionIds } from "./udp.ts";

/** All have defaults. At each bound the oldest entry is dropped. */
export interface TrackerOptions {
  /** Numeric local address; undefined for all, IPv4 and IPv6. */
  readonly host?: string;
  /** 0, the default, lets the system pick. */
  readonly port?: number;
  /** Seconds between announces (1 800). A peer silent for two intervals is dropped. */
  readonly intervalSeconds?: number;
  /** Torrents known at a time (10 000). */
  readonly maxTorrents?: number;
  /** Peers of a torrent (2 000). */
  readonly maxPeersPerTorrent?: number;
  /** Peers of all torrents together (200 000). */
  readonly maxPeers?: number;
  /** By info-hash in hex; undefined for all. */
  readonly allow?: (infoHash: string) => boolean;
  /** Milliseconds, monotonic; for tests that move the clock. */
  readonly nowMs?: () => number;
}

/** A torrent of the tracker. */
interface SwarmSnapshot {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Seeds. */
  readonly complete: number;
  readonly incomplete: number;
  /** `completed` events so far. */
  readonly downloaded: number;
  readonly peers: readonly TrackedPeer[];
}

/** A running tracker. */
export interface Tracker {
  /** Announce address over HTTP. */
  readonly url: string;
  /** Announce address over UDP (BEP 15), on the same port. */
  readonly udpUrl: string;
  readonly port: number;
  swarms(): SwarmSnapshot[];
  /** Also closes every connection. */
  close(): Promise<void>;
}

const serverLimits = {
  // A scrape of 100 hashes has about 7 KB.
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
};
/** HTTP connections at once; further ones are refused. */
const maxConnections = 5_000;

/**
 * Starts a tracker for HTTP (BEP 3, 7, 23, 48) and UDP (BEP 15, 41). A query that breaks the protocol gets a bencoded
 * `failure reason`; a datagram that is not a request gets no reply.
 *
 * @throws The system's error when the port is not available (`EADDRINUSE` …).
 */
export async function startTracker(options: TrackerOptions = {}): Promise<Tracker> {
  const { intervalSeconds = 1_800 } = options;
  const nowMs = options.nowMs ?? (() => performance.now());
  const rules: AnnounceRules = {
    intervalSeconds,
    allow: options.allow ?? (() => true),
    randomInteger: (below) => randomInt(below),
  };
  const store = new SwarmStore({
    maxTorrents: options.maxTorrents ?? 10_000,
    maxPeersPerTorrent: options.maxPeersPerTorrent ?? 2_000,
    maxPeers: options.maxPeers ?? 200_000,
    expiryMs: 2 * intervalSeconds * 1000,
  });
  const answering = (): Answering => ({ store, rules, nowMs: nowMs() });
  const makeServer = (): Server => {
    const server = createServer(serverLimits, (request, response) => {
      answer(request, response, (path, query, origin) => {
        if (path === "/announce") return answerAnnounce(query, origin, answering());
        if (path === "/scrape") return answerScrape(query, store, nowMs());
        return undefined;
      });
    });
    server.maxConnections = maxConnections;
    server.on("clientError", refuseGarbage);
    return server;
  };
  const listening = await listenOnBoth(makeServer, options.host, options.port ?? 0);
  const connectionIds = new ConnectionIds();
  for (const socket of listening.sockets) {
    // A reply that cannot be sent is lost as one on the way is.
    socket.on("error", () => {});
    socket.on("message", (bytes, { address, port, family }) => {
      const origin: Origin = { host: address, family: family === "IPv6" ? 6 : 4 };
      const reply = answerDatagram(bytes, origin, { ...answering(), connectionIds });
      if (reply !== undefined) socket.send(reply, port, address, () => {});
    });
  }
  const { port } = listening;
  const url = announceAddress(options.host, port);
  return {
    url,
    udpUrl: url.replace("http:", "udp:"),
    port,
    swarms: () => snapshots(store, nowMs()),
    close: () => closeAll(listening),
  };
}

/** Undefined for a path that is not served. */
type Route = (path: string, rawQuery: string, origin: Origin) => Uint8Array | undefined;

function answer(request: IncomingMessage, response: ServerResponse, route: Route): void {
  // Ignores bodies, within the request's time limit.
  request.resume();
  if (request.method !== "GET") return send(response, 405, refusal("only GET is answered"));
  const url = request.url ?? "";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const rawQuery = mark < 0 ? "" : url.slice(mark + 1);
  const origin = originOf(request);
  if (origin === undefined) return void response.destroy();
  try {
    const body = route(path, rawQuery, origin);
    if (body !== undefined) return send(response, 200, body);
    send(response, 404, refusal("only /announce and /scrape are answered"));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    send(response, 200, refusal(error.message));
  }
}

function refusal(reason: string): Uint8Array {
  return encodeAnnounceFailure(reason);
}

function send(response: ServerResponse, status: number, body: Uint8Array): void {
  response.writeHead(status, {
    "content-type": "text/plain",
    "content-length": body.byteLength,
    "cache-control": "no-store",
  });
  response.end(body);
}

/** Undefined for a closed connection. */
function originOf(request: IncomingMessage): Origin | undefined {
  const [host] = request.socket.remoteAddress?.split("%") ?? [];
  return host === undefined ? undefined : { host, family: isIPv6(host) ? 6 : 4 };
}

function refuseGarbage(_error: Error, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
}

function announceAddress(host: string | undefined, port: number): string {
  const reachable =
    host === undefined || host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${port}/announce`;
}

function snapshots(store: SwarmStore, nowMs: number): SwarmSnapshot[] {
  return store.infoHashes().flatMap((infoHash) => {
    const swarm = store.find(infoHash, nowMs);
    if (swarm === undefined) return [];
    return { infoHash, ...swarm.counts(), peers: swarm.peers() };
  });
}

async function closeAll({ servers, sockets }: Listening): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const server of servers) server.closeAllConnections();
  for (const socket of sockets) socket.close();
  await Promise.all(closed);
}
