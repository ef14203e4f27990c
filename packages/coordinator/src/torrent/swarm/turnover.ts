// A torrent without room for further peers closes its worst peers every five minutes, so that others get a chance. A
// peer has five minutes to prove itself. Peers that the user added stay.

import { PeerField, type PeerRowIndex } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { ConnectedPeer } from "./connected-peers.ts";
import { closePeer, isFull } from "./peers.ts";

/** Time between two turnovers of a torrent. */
export const turnoverMs = 300_000;
/** Share of the connected peers that is closed. */
const closedShare = 0.04;
/** Time without interest on either side after which a peer is useless. */
const uninterestedLimitMs = 600_000;

/** The figures that a peer is ranked by. */
export interface RankedPeer {
  readonly connectedMs: number;
  /** Mean payload rate of the connection, both ways together. */
  readonly bytesPerSecond: number;
  readonly uninterestedMs: number;
}

/** @returns The peers to close: peers without interest first, then the slowest. */
export function worstPeers<Peer extends RankedPeer>(peers: readonly Peer[]): Peer[] {
  const useless = peers.filter(isUseless);
  const slow = peers.filter((peer) => !isUseless(peer) && peer.connectedMs >= turnoverMs);
  const slowestFirst = slow.toSorted((one, other) => one.bytesPerSecond - other.bytesPerSecond);
  const share = Math.floor(peers.length * closedShare);
  return [...useless, ...slowestFirst].slice(0, Math.max(share, useless.length > 0 ? 1 : 0));
}

function isUseless({ uninterestedMs }: RankedPeer): boolean {
  return uninterestedMs >= uninterestedLimitMs;
}

/** Closes the worst peers every five minutes; called once a second. */
export function turnOver(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: JobWithContent,
): void {
  const nowMs = engine.context.clock.nowMs();
  if (nowMs < job.turnoverDueMs) return;
  job.turnoverDueMs = nowMs + turnoverMs;
  if (job.state !== "active" || !isFull(job)) return;
  const peers = [...job.peers.connected()]
    .filter((peer) => !peer.isWebSeed && !isOfUser(job, peer))
    .map((peer) => rankedPeer(job, peer, nowMs));
  for (const { worker, rowIndex } of worstPeers(peers))
    closePeer(engine, job, worker, rowIndex, "turnover");
}

function rankedPeer(
  { content }: JobWithContent,
  { worker, rowIndex, admittedAtMs }: ConnectedPeer & { readonly rowIndex: PeerRowIndex },
  nowMs: number,
): RankedPeer & { readonly worker: number; readonly rowIndex: PeerRowIndex } {
  const row = content.traffic.row(worker, rowIndex);
  const field = (at: number): number => row?.field(at) ?? 0;
  const connectedMs = nowMs - admittedAtMs;
  const payloadBytes = field(PeerField.downloadedBytes) + field(PeerField.uploadedBytes);
  const bytesPerSecond = (1000 * payloadBytes) / Math.max(1, connectedMs);
  const uninterestedMs = field(PeerField.uninterestedMs);
  return { worker, rowIndex, connectedMs, bytesPerSecond, uninterestedMs };
}

function isOfUser({ directory }: JobWithContent, peer: ConnectedPeer): boolean {
  const port = peer.isIncoming ? peer.listenPort : peer.port;
  return port !== undefined && directory.sourcesOf(peer.host, port).includes("user");
}
