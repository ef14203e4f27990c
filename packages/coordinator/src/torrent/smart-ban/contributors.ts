import type { ContributorAddress, PeerRowIndex, PieceContributors } from "@troupe/messages";
import { peerIdText } from "@troupe/protocol/peer";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Contributor, AttemptOrigin } from "./failed-attempts.ts";
import type { TorrentJob } from "../torrent-job.ts";

/**
 * Contributors of sealed pieces by address, so that they stay known after they disconnect. To be called while
 * `pieces-sealed` is handled: rows may soon belong to other peers.
 */
export function originOf(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  { contributors, blockContributors }: PieceContributors<PeerRowIndex | ContributorAddress>,
): AttemptOrigin {
  return {
    contributors: contributors.map((contributor) => contributorOf(job, peerWorker, contributor)),
    blockContributors,
  };
}

function contributorOf(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  contributor: PeerRowIndex | ContributorAddress,
): Contributor | undefined {
  if (typeof contributor === "number") return job.peers.at(peerWorker.index, contributor);
  const { host, port, peerId } = contributor;
  return { host, port, peerId: peerIdText(peerId) };
}
