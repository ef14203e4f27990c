// Priorities that change during a run: the next lease follows them, and leases of unwanted pieces are recalled.

import type { MessageOf } from "@troupe/actor-runtime";
import type { EngineProtocol } from "@troupe/messages";
import { isPriority } from "../../file-priorities.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { settleFiles } from "../lifecycle/completion.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** Sets priorities of files; unknown files are ignored. */
export function setPriorities(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: TorrentJob,
  { priorities }: MessageOf<EngineProtocol, "set-priorities">,
): void {
  const before = job.files.wantedPieces();
  for (const { file, priority } of priorities) {
    if (!isPriority(priority) || job.metainfo.files[file] === undefined) continue;
    for (const piece of job.files.set(file, priority)) {
      job.ledger.setPriority(piece, job.files.ofPieces[piece] ?? 0);
    }
  }
  job.picker.forgetOrder();
  if (!isSame(before, job.files.wantedPieces())) castWanted(engine, job);
  if (!job.isRunning) return;
  if (!job.ledger.isComplete) job.life.dispatch({ event: "some-missing" });
  settleFiles(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}

function castWanted(engine: Pick<Engine, "peerWorkers">, job: TorrentJob): void {
  const wanted = job.files.wantedPieces();
  const message = { torrent: job.id, ...(wanted !== undefined && { wanted }) };
  for (const peerWorker of engine.peerWorkers) peerWorker.cast("set-wanted", message);
  for (const { lease, piece, worker } of job.ledger.leases()) {
    if (job.ledger.isWanted(piece)) continue;
    engine.peerWorkers[worker]?.cast("revoke-lease", { torrent: job.id, piece, lease });
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.every((byte, at) => byte === other[at]);
}
