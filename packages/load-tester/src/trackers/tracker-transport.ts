// The way to a tracker, over UDP or HTTP.

import type { NamedPeers } from "./checks/named-peers.ts";
import type { ClientCounters } from "./clients/tracker-clients.ts";

/** An announce to send. One object serves all announces: a transport reads it during the call. */
export interface OutgoingAnnounce extends ClientCounters {
  member: number;
}

/** A request that finds no place among the connections of the generator. */
export const tooManyConnections = "too many connections";

/** Gets what a tracker answers. An answer is valid during the call. */
export interface TrackerAnswers {
  /** A connection is open. */
  dialled(beganMs: number): void;
  /** @param ask The id that the announce was sent with. @param intervalSeconds Interval that the tracker gave. */
  announced(ask: number, intervalSeconds: number, peers: NamedPeers): void;
  /** @param count Seeds and leechers. */
  scraped(ask: number, count: number): void;
  /** An answer that is malformed, of another, or refused. @param ask The request that ends by it, if any. */
  wrong(label: string, ask?: number): void;
  /** A request is sent once more: the tracker closed the kept connection instead of answering. */
  repeated(): void;
  /** The request could not be sent, or its connection ended without an answer. */
  failed(reason: string, ask?: number): void;
}

/** Sends requests. Answers come by {@link TrackerAnswers}, never during a call. */
export interface TrackerTransport {
  /** The client comes: its socket gets a connection id, if there are such. */
  arrive(member: number): void;
  announce(ask: number, announce: OutgoingAnnounce): void;
  /** Asks for the counts of the client's swarm. */
  scrape(ask: number, member: number): void;
  /** The client has left, or its request waits for too long. */
  release(ask: number, member: number): void;
  /** Called ten times a second. */
  tick(nowMs: number): void;
  close(): void;
}
