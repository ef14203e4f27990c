// Crashes and restarts of workers. A restart is complete when this has run: torrents opened again, leases revoked,
// peers redialled.

import { type ChildSpec, messageOf, type Sender } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import { failAtFolder } from "../torrent/lifecycle/faults.ts";
import { encryptionOf, limitRulesOf } from "./settings/engine-limits.ts";
import { transportOf } from "../torrent/swarm/transport.ts";
import { openAtWorker } from "../torrent/join-swarm.ts";
import { openStorageMessage } from "../torrent/checks/start-check.ts";
import { changePlaces, notePlaces } from "../torrent/storage/file-places.ts";
import { noteLinked } from "../torrent/storage/linked-files.ts";
import { reportPartFile } from "../torrent/storage/part-file-event.ts";
import { savePieces } from "../torrent/storage/record-updates.ts";
import { forgetTransfers } from "../torrent/pieces/piece-leases.ts";
import type { ConnectedPeer } from "../torrent/swarm/connected-peers.ts";
import { dialMore } from "../torrent/swarm/dial-schedule.ts";
import { peerKey } from "../torrent/metadata/job-magnet.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent/torrent-job.ts";
import type { DiskHandle } from "./base/disk-handle.ts";
import { diskNamed } from "./base/disk-handles.ts";
import type { Engine } from "./base/engine-state.ts";
import { reachedDhtPorts } from "./dht/dht-ports.ts";
import { failStoreTorrents } from "./disk/store-crash.ts";
import { listenAgain } from "./peers/listen-port.ts";
import { datagramsLost, reopenDatagrams } from "./peers/udp-port.ts";
import { recordWorkerCrash, type WorkerCrash } from "./quarantine.ts";
import type { PeerWorkerHandle } from "./base/peer-worker-handle.ts";

/** The worker is linked: it gets the engine's state, and the user an event. */
export function workerStarted(engine: Engine, child: ChildSpec, sender: Sender): void {
  const disk = diskNamed(engine, child.name);
  const restarts = disk?.crashes ?? sender.epoch - 1;
  engine.context.emit("worker-event", { name: child.name, state: "running", restarts });
  if (disk !== undefined) return fileWorkerStarted(engine, disk);
  if (child.role === "dht") return engine.network.dht?.nodeStarted();
  const peerWorker = peerWorkerNamed(engine, child.name);
  if (peerWorker !== undefined) peerWorkerStarted(engine, peerWorker);
}

/** Takes back the worker's leases, memory and dials. The supervisor restarts it. */
export function workerCrashed(
  engine: Engine,
  child: ChildSpec,
  sender: Sender,
  crash: WorkerCrash,
): void {
  const disk = diskNamed(engine, child.name);
  if (disk !== undefined) {
    disk.crashes++;
    failStoreTorrents(engine, disk, crash.error);
  }
  engine.context.emit("worker-event", {
    name: child.name,
    state: "restarting",
    restarts: disk?.crashes ?? sender.epoch,
    error: messageOf(crash.error),
  });
  const peerWorker = peerWorkerNamed(engine, child.name);
  if (peerWorker !== undefined) peerWorkerEnded(engine, peerWorker);
  if (peerWorker?.index === 0) datagramsLost(engine);
  if (child.role === "dht") engine.network.dht?.nodeCrashed();
  recordWorkerCrash(engine, child.role, crash);
}

/** Other workers redial the addresses of its connections at once. */
function peerWorkerEnded(engine: Engine, peerWorker: PeerWorkerHandle): void {
  const nowMs = engine.context.clock.nowMs();
  const { oversizedPieceQueue, oversizedPieces, slabs } = engine.memory;
  oversizedPieceQueue.forgetWorker(peerWorker.index);
  for (const dial of peerWorker.dials.drain()) {
    engine.torrents.get(dial.torrent)?.directory.closed(dial.host, dial.port, nowMs, "now");
  }
  for (const job of engine.torrents.values()) {
    if (hasContent(job)) forgetLeases(job, peerWorker);
    job.content?.webSeeds.releaseWorker(peerWorker.index);
    for (const peer of job.peers.removeWorker(peerWorker.index)) {
      job.choker.forget(peer, nowMs);
      const port = peer.isIncoming ? peer.listenPort : peer.port;
      if (port !== undefined && !peer.isWebSeed)
        job.directory.closed(peer.host, port, nowMs, "now");
      // A peer without a row was never reported as connected.
      if (peer.rowIndex === undefined) continue;
      job.magnet?.peerGone(peerWorker.index, peer.rowIndex);
      job.content?.layers?.closed(peerKey(peerWorker.index, peer.rowIndex));
      emitLost(job, peer);
    }
  }
  oversizedPieces.releaseUnless(slabs, (lease) => isLeased(engine, lease));
}

function forgetLeases(job: JobWithContent, peerWorker: PeerWorkerHandle): void {
  job.content.ledger.releaseWorker(peerWorker.index);
  job.content.usedPicker?.forgetOrder();
  forgetTransfers(job, peerWorker);
}

function emitLost(job: TorrentJob, { host, port }: ConnectedPeer): void {
  const address = addressKey(host, port);
  job.outbox.emit({ event: "peer", address, connected: false, reason: "worker-crashed" });
}

function isLeased(engine: Pick<Engine, "torrents">, lease: number): boolean {
  for (const { content } of engine.torrents.values()) {
    for (const held of content?.ledger.leases() ?? []) if (held.lease === lease) return true;
  }
  return false;
}

function peerWorkerStarted(engine: Engine, peerWorker: PeerWorkerHandle): void {
  // A stop in order reports no crash.
  peerWorkerEnded(engine, peerWorker);
  sendNetworkState(engine, peerWorker);
  for (const share of engine.rates.renewShares(peerWorker.index))
    peerWorker.calls.cast("set-limits", share);
  peerWorker.calls.cast("set-limit-rules", limitRulesOf(engine.settings.values));
  peerWorker.calls.cast("set-encryption", { mode: encryptionOf(engine.settings.values) });
  peerWorker.calls.cast("set-transport", { mode: transportOf(engine.settings.values) });
  for (const job of engine.torrents.values()) {
    if (job.isInSwarm) openAtWorker(engine, job, peerWorker);
  }
  dialMore(engine);
  if (engine.network.port !== 0) void listenAgain(engine, peerWorker);
  if (peerWorker.index === 0) reopenDatagrams(engine);
}

/** The worker's options are as old as its start: casts to a worker that starts are dropped. */
function sendNetworkState({ network }: Pick<Engine, "network">, { calls }: PeerWorkerHandle): void {
  const { ipFilter, publicPort } = network;
  calls.cast("set-ip-filter", ipFilter.memory);
  if (publicPort !== 0) calls.cast("set-public-port", { port: publicPort });
  if (network.dht !== undefined) calls.cast("set-dht-ports", reachedDhtPorts(network));
}

/**
 * Writing a piece twice is harmless. Writes wait for the open storages, which take some turns; an earlier write would
 * be refused.
 */
function fileWorkerStarted(engine: Engine, disk: DiskHandle): void {
  const { context, memory, torrents } = engine;
  const { pendingWrites, ref } = disk;
  memory.slabs.announceAll(ref);
  const epoch = ref.peer?.epoch;
  const reopened = [...torrents.values()]
    .filter(hasContent)
    .filter((job) => job.disk === disk && job.storage.isDiskFound)
    .filter((job) => job.isRunning || job.state === "starting" || job.state === "checking")
    .map((job) => reopenStorage(engine, job));
  Promise.all(reopened)
    .then(() => {
      if (ref.peer?.epoch === epoch) pendingWrites.resendAll();
    })
    .catch((error: unknown) => context.fail(error));
}

async function reopenStorage(engine: Pick<Engine, "context">, job: JobWithContent): Promise<void> {
  try {
    const limits = { deadlineMs: 60_000 };
    const opened = await job.disk.calls.call("open-storage", openStorageMessage(job), limits);
    if ("refused" in opened) {
      failAtFolder(job, { code: opened.refused, message: opened.message });
      return;
    }
    notePlaces(job, opened);
    noteLinked(job, opened);
    savePieces(job);
    if (opened.partFile !== undefined && job.request.mode === "download") {
      // The last incarnation may have crashed during the move.
      const unwanted = job.content.files.unwanted();
      const question = { torrent: job.id, unwanted };
      const settled = await job.disk.calls.call("settle-part-file", question, limits);
      if (!("refused" in settled)) {
        changePlaces(job, settled.finished);
        return reportPartFile(job, settled.partFile);
      }
      failAtFolder(job, { code: settled.refused, message: settled.message });
    }
  } catch (error) {
    // After another crash the next incarnation starts from the beginning.
    engine.context.log("warn", "storage-not-reopened", { torrent: job.id, error: String(error) });
  }
}

function peerWorkerNamed(engine: Engine, name: string): PeerWorkerHandle | undefined {
  return engine.peerWorkers.find((peerWorker) => peerWorker.name === name);
}
