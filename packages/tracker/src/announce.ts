import {
  decodeAnnounceQuery,
  encodeAnnounceFailure,
  encodeAnnounceReply,
} from "@troupe/protocol/tracker";
import type { AnnounceQuery, OwnAnnounceReply } from "@troupe/protocol/tracker";
import type { TrackedPeer } from "./swarm.ts";
import type { SwarmStore } from "./swarm-store.ts";

/** Peers in a reply to a query without `numwant`. */
const defaultPeersReturned = 50;
/** Most peers in a reply. */
export const mostPeersReturned = 200;

/** Settings of announce replies. */
export interface AnnounceRules {
  readonly intervalSeconds: number;
  readonly allow: (infoHash: string) => boolean;
  readonly randomInteger: (below: number) => number;
}

/** The state that an answer reads and changes. */
export interface Answering {
  readonly store: SwarmStore;
  readonly rules: AnnounceRules;
  /** Monotonic. */
  readonly nowMs: number;
}

/** Source of the connection, the only trusted address. */
export type Origin = Pick<TrackedPeer, "host" | "family">;

/** A reply, or the reason of a refusal. */
type AnnounceResult = Omit<OwnAnnounceReply, "compact"> | { readonly refused: string };

/**
 * Updates the swarm of an announce. The peer's address is the sender's: the address in the query is ignored, or
 * anyone could point a swarm at a third party.
 *
 * @param family Peers of this family alone, if given.
 */
export function announce(
  query: AnnounceQuery,
  origin: Origin,
  { store, rules, nowMs, family }: Answering & { readonly family?: 4 | 6 },
): AnnounceResult {
  if (!rules.allow(query.infoHash)) return { refused: "this tracker does not track that torrent" };
  if (query.port === 0) return { refused: "port 0 was announced, 1 to 65535 are allowed" };
  const { port, peerId, left } = query;
  const peer: TrackedPeer = { ...origin, port, peerId, leftBytes: left };
  const isLast = query.event === "stopped";
  const swarm = isLast
    ? store.leave(query.infoHash, peer, nowMs)
    : store.announce(query.infoHash, peer, nowMs);
  if (query.event === "completed" && swarm !== undefined) swarm.timesCompleted++;
  const wanted = isLast ? 0 : Math.min(query.numWant ?? defaultPeersReturned, mostPeersReturned);
  const counts = swarm?.counts() ?? { complete: 0, incomplete: 0 };
  return {
    intervalSeconds: rules.intervalSeconds,
    complete: counts.complete,
    incomplete: counts.incomplete,
    peers: swarm?.pick(peer, wanted, rules.randomInteger, family) ?? [],
  };
}

/**
 * Answers `GET /announce` (BEP 3, BEP 7, BEP 23).
 *
 * @param rawQuery Percent-encoded: hashes and ids are bytes, not text.
 * @throws {ProtocolError} for a query that breaks the rules.
 */
export function answerAnnounce(rawQuery: string, origin: Origin, answering: Answering): Uint8Array {
  const query = decodeAnnounceQuery(rawQuery);
  const result = announce(query, origin, answering);
  if ("refused" in result) return encodeAnnounceFailure(result.refused);
  const peers = result.peers.map(({ host, port, peerId }) =>
    query.compact || query.noPeerId || peerId === undefined
      ? { host, port }
      : { host, port, peerId },
  );
  return encodeAnnounceReply({ ...result, peers, compact: query.compact });
}
