// Super-seeding (BEP 16): carries out what the state and the plan of a torrent decide.

import { PeerField, PeerFlag, type PeerRow, type PeerRowIndex, PeerWord } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { changeTorrent } from "../storage/record-updates.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";
import type { ShownPeer } from "./peer-window.ts";
import { ShowPlan } from "./show-plan.ts";
import type { SuperSeedEvent } from "./state.ts";

type Services = Pick<Engine, "context" | "peerWorkers">;
type Opened = ConnectedPeer & { readonly rowIndex: PeerRowIndex };

interface SeenPeer extends ShownPeer {
  readonly key: Opened;
}

/** The user turns super-seeding on or off. */
export function followSuperSeed(engine: Services, job: TorrentJob): void {
  handle(engine, job, { event: "chosen", isWanted: job.setting("superSeed") });
  if (hasContent(job) && job.isRunning) updateSuperSeeding(engine, job);
}

/** A peer has every piece: super-seeding ends. */
export function otherSeedSeen(engine: Services, job: TorrentJob): void {
  handle(engine, job, { event: "other-seed-seen" });
}

/** Begins super-seeding when the torrent has become a seed, and ends it when the torrent is no seed any more. */
export function updateSuperSeeding(engine: Services, job: JobWithContent): void {
  const { isSeed } = job.content.ledger;
  handle(engine, job, { event: "looked", isSeed });
}

/** Shows peers their next pieces; called four times a second. */
export function tickSuperSeeding(engine: Services, job: JobWithContent): void {
  if (!job.superSeed.isWanted) return;
  updateSuperSeeding(engine, job);
  const { content, superSeed } = job;
  if (!superSeed.isOn || job.state === "paused") return;
  content.showPlan ??= planFor(engine, job);
  const peers = [...job.peers.connected()].flatMap((peer) => seenPeer(job, peer));
  for (const { peer, pieces } of content.showPlan.round(peers, engine.context.clock.nowMs())) {
    const { worker, rowIndex } = peer.key;
    const message = { torrent: job.id, peer: rowIndex, pieces };
    engine.peerWorkers[worker]?.calls.cast("show-pieces", message);
  }
}

function handle({ peerWorkers }: Services, job: TorrentJob, event: SuperSeedEvent): void {
  const { superSeed } = job;
  const wasOn = superSeed.isOn;
  if (!superSeed.handle(event)) return;
  noteWanted(job);
  if (superSeed.isOn === wasOn) return;
  if (hasContent(job)) job.content.showPlan = undefined;
  for (const peerWorker of peerWorkers)
    peerWorker.calls.cast("set-super-seeding", { torrent: job.id, isOn: superSeed.isOn });
}

/** Saves whether super-seeding is wanted: after its end it stays off in later runs. */
function noteWanted(job: TorrentJob): void {
  const superSeed = job.superSeed.isWanted;
  if (job.setting("superSeed") === superSeed) return;
  changeTorrent(job, { superSeed });
}

function planFor({ context }: Services, { content }: JobWithContent): ShowPlan {
  const { pieceCount, pieceLengthBytes } = content.ledger.geometry;
  const availability = (piece: PieceIndex): number => content.traffic.peersWith(piece);
  return new ShowPlan({ pieceCount, pieceLengthBytes, availability }, context.random);
}

/** The peer for the plan; none for a web seed. */
function seenPeer({ content }: JobWithContent, key: Opened): SeenPeer[] {
  const row = content.traffic.row(key.worker, key.rowIndex);
  if (key.isWebSeed || row === undefined) return [];
  return [{ key, ...figuresOf(row) }];
}

function figuresOf(row: PeerRow): Omit<ShownPeer, "key"> {
  return {
    knowsAll: !row.flag(PeerFlag.knowsShownOnly),
    isInterested: row.flag(PeerFlag.isPeerInterested),
    isChoked: row.flag(PeerFlag.isPeerChoked),
    haveCount: row.word(PeerWord.haveCount),
    sentBytes: row.field(PeerField.uploadedBytes),
    roundTripMs: row.field(PeerField.roundTripMs),
    has: (piece) => row.has(piece),
  };
}
