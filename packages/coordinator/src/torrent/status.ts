// The figures of one torrent for people: progress once a second, and the whole picture on request.

import {
  PeerField,
  PeerFlag,
  PeerWord,
  type PeerStatus,
  type TorrentProgress,
  type TorrentStatus,
} from "@troupe/messages";
import { lifetimeOf } from "./job-facts.ts";
import { clientName } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { trackerStatus } from "./announcing.ts";
import { pieceStrip } from "./piece-strip.ts";
import type { RolledPeer } from "./peer-roll.ts";
import type { TorrentJob } from "./torrent-job.ts";
import { whyNow } from "./why-facts.ts";

/** Looks at the counters; called once a second. */
export function updateRates(engine: Engine, job: TorrentJob): void {
  const nowMs = engine.context.clock.nowMs();
  job.downRate.update(job.total("downloadedBytes"), nowMs);
  job.upRate.update(job.total("uploadedBytes"), nowMs);
}

/** The figures of this moment. */
export function progressOf(job: TorrentJob): TorrentProgress {
  const { bytesPerSecond } = job.downRate;
  const { haveBytes, leftBytes: left } = job.ledger;
  return {
    haveBytes,
    wantedBytes: haveBytes + left,
    downloadedBytes: job.total("downloadedBytes"),
    uploadedBytes: job.total("uploadedBytes"),
    wastedBytes: job.total("wastedBytes") + job.failedHashBytes,
    downBytesPerSecond: Math.round(bytesPerSecond),
    upBytesPerSecond: Math.round(job.upRate.bytesPerSecond),
    peers: job.roll.connectedCount,
    ...(bytesPerSecond > 0 && left > 0 && { etaSeconds: Math.ceil(left / bytesPerSecond) }),
    ...(job.earlierRuns !== undefined && { lifetime: lifetimeOf(job) }),
  };
}

/** The whole picture of this moment. */
export function statusOf(engine: Engine, job: TorrentJob): TorrentStatus {
  return {
    state: job.state,
    ...(job.fault !== undefined && { fault: job.fault }),
    progress: progressOf(job),
    bitfield: job.map.snapshot(),
    peers: [...job.roll.connected()].map((peer) => peerStatus(job, peer)),
    trackers: trackerStatus(job),
    strip: pieceStrip(job.ledger, job.availability()),
    why: whyNow(engine, job),
  };
}

function peerStatus(job: TorrentJob, peer: RolledPeer & { slot: number }): PeerStatus {
  const row = job.tables[peer.worker]?.row(peer.slot);
  const field = (at: number): number => row?.fields[at] ?? 0;
  const flag = (bit: number): boolean => row?.flag(bit) ?? false;
  const word = (at: number): number => row?.words[at] ?? 0;
  return {
    host: peer.host,
    port: peer.port,
    isIncoming: peer.isIncoming,
    client: clientName(peer.peerIdBytes),
    haveShare: word(PeerWord.haveCount) / job.metainfo.geometry.pieceCount,
    downloadedBytes: field(PeerField.downloadedBytes),
    uploadedBytes: field(PeerField.uploadedBytes),
    downBytesPerSecond: Math.round(field(PeerField.downBytesPerSecond)),
    upBytesPerSecond: Math.round(field(PeerField.upBytesPerSecond)),
    amInterested: flag(PeerFlag.amInterested),
    isPeerInterested: flag(PeerFlag.isPeerInterested),
    amChokedByPeer: flag(PeerFlag.amChokedByPeer),
    isPeerChoked: flag(PeerFlag.isPeerChoked),
    isSnubbed: flag(PeerFlag.isSnubbed),
    requestsOut: word(PeerWord.requestsOut),
    requestsIn: word(PeerWord.requestsIn),
    roundTripMs: Math.round(field(PeerField.roundTripMs)),
  };
}
