import { decodeAnnounceQuery, encodeAnnounceFailure, encodeAnnounceReply } from "@troupe/protocol";
import type { AnnounceQuery } from "@troupe/protocol";
import type { Swarm, TrackedPeer } from "./swarm.ts";
import type { SwarmStore } from "./swarm-store.ts";

/** Peers in a reply to a query without `numwant`. */
export const defaultPeersReturned = 50;
/** Most peers in a reply. */
export const mostPeersReturned = 200;

/** Settings of announce replies. */
export interface AnnounceRules {
  readonly intervalSeconds: number;
  readonly allow: (infoHash: string) => boolean;
  readonly randomInteger: (below: number) => number;
}

/** Source of the connection, the only trusted address. */
export type Origin = Pick<TrackedPeer, "host" | "family">;

/**
 * Answers `GET /announce` (BEP 3, BEP 7, BEP 23): updates the swarm. The peer's address is the connection's source:
 * `ip=` is ignored, or anyone could point a swarm at a third party.
 *
 * @param rawQuery Percent-encoded: hashes and ids are bytes, not text.
 * @throws {ProtocolError} for a query that breaks the rules.
 */
export function answerAnnounce(
  rawQuery: string,
  origin: Origin,
  store: SwarmStore,
  rules: AnnounceRules,
  nowMs: number,
): Uint8Array {
  const query = decodeAnnounceQuery(rawQuery);
  if (!rules.allow(query.infoHash)) {
    return encodeAnnounceFailure("this tracker does not track that torrent");
  }
  if (query.port === 0) {
    return encodeAnnounceFailure("port 0 was announced, 1 to 65535 are allowed");
  }
  const { port, peerId, left: leftBytes } = query;
  const peer = { ...origin, port, peerId, leftBytes };
  const swarm =
    query.event === "stopped"
      ? store.leave(query.infoHash, peer, nowMs)
      : store.announce(query.infoHash, peer, nowMs);
  if (query.event === "completed" && swarm !== undefined) swarm.timesCompleted++;
  return encodeReply(query, peer, swarm, rules);
}

function encodeReply(
  query: AnnounceQuery,
  asker: TrackedPeer,
  swarm: Swarm | undefined,
  rules: AnnounceRules,
): Uint8Array {
  const wanted =
    query.event === "stopped"
      ? 0
      : Math.min(query.numWant ?? defaultPeersReturned, mostPeersReturned);
  const peers = swarm?.pick(asker, wanted, rules.randomInteger) ?? [];
  const seeds = swarm?.seedCount ?? 0;
  return encodeAnnounceReply({
    intervalSeconds: rules.intervalSeconds,
    complete: seeds,
    incomplete: (swarm?.peerCount ?? 0) - seeds,
    compact: query.compact,
    peers: peers.map(({ host, port, peerId }) =>
      query.compact || query.noPeerId ? { host, port } : { host, port, peerId },
    ),
  });
}
