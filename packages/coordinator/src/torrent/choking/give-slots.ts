// Gives the slots of a torrent by the rows of its peers, and tells the peer-workers.

import type { MessageOf } from "@troupe/actor-runtime";
import {
  PeerField,
  PeerFlag,
  PeerWord,
  type PeerProtocol,
  type PeerRow,
  type PeerRowIndex,
} from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { weightOf } from "../weight.ts";
import type { ChokerScene } from "./choker.ts";
import type { ChokingStrategy } from "./strategies/choking-strategy.ts";
import { fastestUpload } from "./strategies/fastest-upload.ts";
import type { PeerFigures } from "./interested-peer.ts";
import { slotsOf } from "./slot-level.ts";
import { roundRobin } from "./strategies/round-robin.ts";
import { titForTat } from "./strategies/tit-for-tat.ts";

/** The parts of the engine that giving slots needs. */
type SlotServices = Pick<Engine, "context" | "peerWorkers" | "uploadSlots">;

/** Tends the slots that are due; called four times a second. A pause ends all slots. */
export function tendSlots(engine: SlotServices, job: JobWithContent): void {
  if (job.state === "paused") job.choker.endSlots();
  else if (!job.choker.isDue(engine.context.clock.nowMs())) return;
  else job.choker.tend(sceneOf(engine, job));
  tellUnchoked(engine, job);
}

/** Peers want data, or do not any more: a free slot is given at once. */
export function interestChanged(
  engine: SlotServices,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  { peers }: MessageOf<PeerProtocol, "interest-changed">,
): void {
  if (!job.setting("upload")) return;
  const scene = sceneOf(engine, job);
  for (const rowIndex of peers) {
    const peer = job.peers.at(index, rowIndex);
    if (peer === undefined) continue;
    if (rowOf(job, peer)?.flag(PeerFlag.isPeerInterested) !== true)
      job.choker.lostInterest(peer, scene);
    else job.choker.interested(peer, peer.subscriber ?? addressKey(peer.host, peer.port), scene);
  }
  tendSlots(engine, job);
}

function sceneOf(
  { context, uploadSlots }: SlotServices,
  job: JobWithContent,
): ChokerScene<ConnectedPeer> {
  const slots = slotsOf(uploadSlots.levels, { group: job.group, weight: weightOf(job) });
  return {
    nowMs: context.clock.nowMs(),
    random: context.random,
    strategy: strategyOf(job, slots),
    slots,
    figuresOf: (peer) => figuresOf(rowOf(job, peer)),
  };
}

/** With slots for all peers there is nothing to choose, but for a choker of the user. */
function strategyOf(job: JobWithContent, slots: number): ChokingStrategy {
  const { isComplete, content, parts } = job;
  const plugin = parts.choker.part;
  if (plugin !== undefined) return plugin.choker.strategy({ slots, isComplete });
  if (slots !== Infinity && !isComplete) return titForTat;
  if (slots !== Infinity && job.setting("seedChoker") === "fastest-upload") return fastestUpload;
  return roundRobin(content.ledger.geometry.pieceLengthBytes);
}

function rowOf({ content }: JobWithContent, peer: ConnectedPeer): PeerRow | undefined {
  const { rowIndex, worker } = peer;
  return rowIndex === undefined ? undefined : content.traffic.row(worker, rowIndex);
}

function figuresOf(row: PeerRow | undefined): PeerFigures {
  return {
    isSnubbed: row?.flag(PeerFlag.isSnubbed) === true,
    amInterested: row?.flag(PeerFlag.amInterested) === true,
    isChokingUs: row?.flag(PeerFlag.amChokedByPeer) === true,
    downloadedBytes: row?.field(PeerField.downloadedBytes) ?? 0,
    uploadedBytes: row?.field(PeerField.uploadedBytes) ?? 0,
    downBytesPerSecond: row?.field(PeerField.downBytesPerSecond) ?? 0,
    upBytesPerSecond: row?.field(PeerField.upBytesPerSecond) ?? 0,
    requestsSeen: row?.word(PeerWord.requestsSeen) ?? 0,
    requestsIn: row?.word(PeerWord.requestsIn) ?? 0,
    roundTripMs: row?.field(PeerField.roundTripMs) ?? 0,
    unreadMs: row?.word(PeerWord.unreadMs) ?? 0,
  };
}

/**
 * Casts to the workers whose unchoked peers have changed. A row that became free may have a new peer, which is choked.
 */
function tellUnchoked({ peerWorkers }: SlotServices, job: JobWithContent): void {
  const workers = new Set([...job.choker.takeChanged()].map(({ worker }) => worker));
  if (workers.size === 0) return;
  const unchoked = [...job.choker.unchoked()];
  for (const index of workers) {
    const peers = unchoked.flatMap(({ rowIndex, worker }): PeerRowIndex[] =>
      worker === index && rowIndex !== undefined ? [rowIndex] : [],
    );
    peerWorkers[index]?.calls.cast("set-unchoked", { torrent: job.id, peers });
  }
}
