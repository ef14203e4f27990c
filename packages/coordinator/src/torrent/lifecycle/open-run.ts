import type { Engine } from "../../engine/base/engine-state.ts";
import { loadModules } from "../plugins/load-modules.ts";
import { findDisk } from "../storage/torrent-disk.ts";
import { checkFound, prepareToWrite } from "../checks/start-check.ts";
import { leftWithoutSuspects } from "../checks/suspect-pieces.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { takePlace } from "../queue/torrent-queue.ts";
import { queueTorrent, settleFiles } from "./completion.ts";
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
  job.limits.sizeTables(job.setting("maxPeers"), pieceCount);
  job.storage.isDiskFound = false;
  try {
    const fault =
      (await findDisk(engine, job, signal, device)) ??
      (await checkFound(engine, job, { run, signal }));
    if (signal.aborted) return;
    if (fault !== undefined) return failAtFolder(job, fault);
    if (job.request.mode === "check-only") return await job.life.stop();
    if (job.request.mode === "seed-only" && leftWithoutSuspects(job.content).pieces > 0) {
      return job.life.fail(incomplete(job));
    }
    if (!takePlace(engine, job)) return await queueTorrent(job);
    const unprepared = await prepareToWrite(engine, job, signal);
    if (signal.aborted) return;
    if (unprepared !== undefined) return failAtFolder(job, unprepared);
    await loadModules(engine, job);
    if (signal.aborted) return;
    const isWhole = ledger.hadCount + checks.suspects.size === pieceCount;
    job.life.dispatch({ event: "opened", run, isWhole, nowMs: engine.context.clock.nowMs() });
    // Pieces may have been lost while the torrent waited in the queue.
    if (!job.isComplete) job.life.dispatch({ event: "some-missing" });
    await settleFiles(engine, job);
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  }
}
