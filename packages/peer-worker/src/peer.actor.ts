// The peer-worker: sockets and the peer protocol for many peers per thread.

import type { Actor } from "@troupe/actor-runtime";
import { torrentOf } from "@troupe/messages";
import type { CoordinatorProtocol, PeerProtocol, PeerWorkerOptions } from "@troupe/messages";

import { fileWorkerName, PeerWorker } from "./peer-worker.ts";
import {
  transferTaken,
  closePeer,
  closeTorrent,
  leasePieces,
  openTorrent,
  pieceFailed,
  piecesHad,
  piecesLost,
  revokeLease,
  setPaused,
  setUnchoked,
  setWanted,
} from "./engine/coordinator-messages.ts";
import type { UploadScheduler } from "./upload/uploads.ts";

/** The state of an incarnation. */
export type PeerState = PeerWorker;

/** Serves the coordinator (role `owner`); file-workers (roles `file-0` …) read for peers' requests. */
export const peerActor: Actor<
  PeerProtocol,
  PeerWorkerOptions,
  PeerState,
  { owner: CoordinatorProtocol }
> = {
  name: "peer",
  start: (context, options) => new PeerWorker(context, options),
  stop: (worker) => worker.stop(),
  subjectOf: torrentOf,
  handlers: {
    listen: (worker, { hosts, port, reusePort }) => worker.acceptor.listen(hosts, port, reusePort),
    "open-torrent": openTorrent,
    "close-torrent": (worker, { torrent }) => closeTorrent(worker, torrent),
    "set-paused": setPaused,
    "set-wanted": setWanted,
    dial: (worker, order) => worker.dialer.dial(order),
    "close-peer": closePeer,
    "lease-pieces": leasePieces,
    "revoke-lease": revokeLease,
    "pieces-had": piecesHad,
    "pieces-lost": piecesLost,
    "piece-failed": pieceFailed,
    "transferred-piece-taken": transferTaken,
    "set-unchoked": setUnchoked,
    "quarantine-address": (worker, address) => worker.quarantine.add(address, worker.nowMs()),
  },
  linked: (worker, role) => {
    uploadSchedulerOfRole(worker, role)?.resume();
  },
  unlinked: (worker, role) => {
    uploadSchedulerOfRole(worker, role)?.fileWorkerGone();
  },
};

function uploadSchedulerOfRole(
  { uploadSchedulers }: PeerWorker,
  role: string,
): UploadScheduler | undefined {
  return uploadSchedulers.find((_, disk) => role === fileWorkerName(disk));
}
