import type { PeerClosed } from "@troupe/messages";
import { peerKey } from "../metadata/job-magnet.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import { hasContent, type TorrentJob } from "../torrent-job.ts";

/** Faults for which a peer is banned at the second. */
const hashFaults: ReadonlySet<string> = new Set(["hashes-wrong", "hashes-not-requested"]);

/**
 * The connection of a peer has ended: others are asked for what it owes.
 *
 * @returns Whether the peer is to be banned: it has sent wrong hashes, or hashes that were not asked, a second time.
 */
export function hashPeerClosed(
  job: TorrentJob,
  peer: ConnectedPeer,
  { isFault, peer: row, reason }: PeerClosed,
): boolean {
  if (!hasContent(job)) return false;
  const { hashFaults: faults, layers } = job.content;
  layers?.closed(peerKey(peer.worker, row));
  return isFault && hashFaults.has(reason) && faults.count(peer) > 1;
}
