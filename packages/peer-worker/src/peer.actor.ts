// The peer-worker: sockets and the peer protocol, many peers a thread. Who answers what; how is in the files beside.

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

/** What one incarnation keeps. */
export type PeerState = PeerWorker;

/** Speaks to peers for the coordinator (role `owner`), and has their requests read by the file-workers (roles `file-0` …). */
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
