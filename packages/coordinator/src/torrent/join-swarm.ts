import type { OpenContent, OpenTorrent } from "@troupe/messages";
import { wireHashes } from "@troupe/protocol/identity";
import type { Engine } from "../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../engine/base/peer-worker-handle.ts";
import { addLinkPeer, addUserPeer } from "./addresses/user-peers.ts";
import { joinDht, usesDht } from "./dht-peers.ts";
import { announceLocally } from "./local-announces.ts";
import { dialMore } from "./swarm/dial-schedule.ts";
import { warnUtpOff } from "./swarm/transport.ts";
import { extensionsOf } from "./plugins/extensions.ts";
import { deadlinesNow } from "./pieces/set-deadlines.ts";
import { exchangesPeers } from "./peer-exchange/exchanges-peers.ts";
import { makeAnnouncer } from "./torrent-announcer.ts";
import { updateSuperSeeding } from "./super-seeding/handlers.ts";
import { beginWebSeeds } from "./web-seeds/web-seed-schedule.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "./torrent-job.ts";
import { weightOf } from "./weight.ts";

/**
 * Opens the torrent in every peer-worker, dials, opens web seeds and announces. A torrent that has joined gets its content
 * there.
 */
export function joinSwarm(engine: Engine, job: TorrentJob): void {
  const { magnet, request } = job;
  const { isFromStranger } = request;
  if (hasContent(job)) updateSuperSeeding(engine, job);
  for (const peerWorker of engine.peerWorkers) openAtWorker(engine, job, peerWorker);
  for (const peer of request.peers) addUserPeer(engine, job, peer);
  if (magnet !== undefined) {
    const by = isFromStranger && { isFromStranger };
    for (const peer of magnet.link.peers)
      addLinkPeer(engine, job, { ...peer, ...by }, magnet.source);
  }
  dialMore(engine, [job]);
  announceLocally(engine, job);
  engine.network.proxyLimits?.tell(job.outbox);
  warnUtpOff(engine, job);
  joinDht(engine, job);
  if (hasContent(job)) beginWebSeeds(engine, job);
  job.announcer ??= makeAnnouncer(engine, job);
  job.announcer.start();
}

/** At the start of a run, when the content has come, or after the worker's restart. */
export function openAtWorker(
  engine: Pick<Engine, "context" | "options" | "rates" | "settings">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
): void {
  if (peerWorker.ref.peer === undefined) return;
  peerWorker.calls.cast("open-torrent", {
    torrent: job.id,
    infoHash: job.infoHash,
    ...v2NameOf(job),
    peerId: job.peerId,
    maxPeers: job.limits.rows,
    weight: weightOf(job),
    isPaused: job.life.value.wish.paused,
    exchangesPeers: exchangesPeers(engine, job),
    usesDht: usesDht(engine, job),
    ...engine.rates.renewTorrentShare(job, peerWorker.index),
    isSuperSeeding: job.superSeed.isOn,
    ...(hasContent(job) && { content: contentFor(engine, job, peerWorker) }),
    ...(!job.setting("upload") && { isUploadOff: true }),
    ...extensionsOf(job),
  });
}

function v2NameOf({ identity }: TorrentJob): Pick<OpenTorrent, "infoHashV2"> {
  const infoHashV2 = identity.v2 === undefined ? undefined : wireHashes(identity).at(-1);
  return infoHashV2 === undefined ? {} : { infoHashV2 };
}

function contentFor(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
): OpenContent {
  const { files, info, ledger, padding, traffic, trees } = job.content;
  const { geometry } = ledger;
  const wanted = files.wantedPieces();
  const deadlines = deadlinesNow(engine, job);
  return {
    totalBytes: geometry.totalBytes,
    pieceLengthBytes: geometry.pieceLengthBytes,
    pieceCount: geometry.pieceCount,
    disk: job.disk.index,
    had: ledger.map.memory,
    table: traffic.renewTable(peerWorker.index).memory,
    ...(wanted !== undefined && { wanted }),
    ...(padding !== undefined && { padding }),
    ...(deadlines.length > 0 && { deadlines }),
    ...(info !== undefined && { metadata: info }),
    ...(trees !== undefined && { trees }),
  };
}
