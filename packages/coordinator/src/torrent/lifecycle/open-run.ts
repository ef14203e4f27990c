import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { makeAnnouncer } from "../torrent-announcer.ts";
import { findDisk } from "../storage/torrent-disk.ts";
import { checkFound, prepareToWrite } from "../checks/start-check.ts";
import { dialMore } from "../swarm/dial-schedule.ts";
import { leftBytesWithoutSuspects } from "../checks/suspect-pieces.ts";
import { addUserPeer } from "../addresses/user-peers.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { settleFiles } from "./completion.ts";
import { failAtCheck, failAtFolder, incomplete } from "./faults.ts";

/**
 * Finds the disk, checks the files, makes room and joins the swarm. @param device The folder's device, if just seen.
 */
export async function openRun(
  engine: Engine,
  job: JobWithContent,
  run: number,
  device: bigint | undefined,
): Promise<void> {
  const { ledger, checks } = job.content;
  const { pieceCount } = ledger.geometry;
  const { signal } = job.life;
  job.limits.sizeTables(job.request.maxPeers, pieceCount);
  job.storage.isDiskFound = false;
  try {
    const fault =
      (await findDisk(engine, job, signal, device)) ??
      (await checkFound(engine, job, { run, signal }));
    if (signal.aborted) return;
    if (fault !== undefined) return failAtFolder(job, fault);
    if (job.request.mode === "check-only") return await job.life.stop();
    if (job.request.mode === "seed-only" && leftBytesWithoutSuspects(job.content) > 0) {
      return job.life.fail(incomplete(job));
    }
    const unprepared = await prepareToWrite(engine, job, signal);
    if (signal.aborted) return;
    if (unprepared !== undefined) return failAtFolder(job, unprepared);
    const isWhole = ledger.hadCount + checks.suspects.size === pieceCount;
    job.life.dispatch({ event: "opened", run, isWhole, nowMs: engine.context.clock.nowMs() });
    await settleFiles(engine, job);
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  }
}

/** Opens the torrent in every peer-worker, dials and announces. */
export function joinSwarm(engine: Engine, job: JobWithContent): void {
  for (const peerWorker of engine.peerWorkers) openAtWorker(job, peerWorker);
  for (const peer of job.request.peers) addUserPeer(engine, job, peer);
  dialMore(engine);
  job.announcer ??= makeAnnouncer(engine, job);
  job.announcer.start();
}

/** At the start of a run, or after the worker's restart. */
export function openAtWorker(job: JobWithContent, peerWorker: PeerWorkerHandle): void {
  if (peerWorker.ref.peer === undefined) return;
  const { files, info, ledger, traffic } = job.content;
  const { geometry } = ledger;
  const wanted = files.wantedPieces();
  const table = traffic.renewTable(peerWorker.index);
  peerWorker.calls.cast("open-torrent", {
    torrent: job.id,
    infoHash: job.infoHash,
    peerId: job.peerId,
    maxPeers: job.limits.maxPeers,
    isPaused: job.life.value.wish.paused,
    content: {
      totalBytes: geometry.totalBytes,
      pieceLengthBytes: geometry.pieceLengthBytes,
      pieceCount: geometry.pieceCount,
      disk: job.disk.index,
      had: ledger.map.memory,
      table: table.memory,
      ...(wanted !== undefined && { wanted }),
      ...(info !== undefined && { metadata: info }),
    },
  });
}
