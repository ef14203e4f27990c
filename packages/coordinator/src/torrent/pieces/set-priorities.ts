import type { MessageOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import { isPriority } from "../../file-priorities.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { settleFiles } from "../lifecycle/completion.ts";
import { announceIfNeeded } from "../swarm/dial-schedule.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** Sets priorities of files during a run, and revokes leases of unwanted pieces. Unknown files are ignored. */
export function setPriorities(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: JobWithContent,
  { priorities }: MessageOf<ApiProtocol, "set-priorities">,
): void {
  const { files, ledger, metainfo, usedPicker } = job.content;
  const before = files.wantedPieces();
  for (const { file, priority } of priorities) {
    if (!isPriority(priority) || metainfo.files[file] === undefined) continue;
    for (const piece of files.set(file, priority)) {
      ledger.setPriority(piece, files.ofPiece(piece));
    }
  }
  usedPicker?.forgetOrder();
  const wanted = files.wantedPieces();
  if (!isSame(before, wanted)) castWanted(engine, job, wanted);
  if (!job.isRunning) return;
  if (!ledger.isComplete) job.life.dispatch({ event: "some-missing" });
  // The next announce was planned for the end of the tracker's interval; a download without peers announces earlier.
  announceIfNeeded(engine, job);
  settleFiles(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}

function castWanted(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id: torrent, content: { ledger } }: JobWithContent,
  wanted: Uint8Array | undefined,
): void {
  const message = { torrent, ...(wanted !== undefined && { wanted }) };
  for (const peerWorker of peerWorkers) peerWorker.calls.cast("set-wanted", message);
  for (const { lease, piece, worker } of ledger.leases()) {
    if (ledger.isWanted(piece)) continue;
    peerWorkers[worker]?.calls.cast("revoke-lease", { torrent, piece, lease });
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.every((byte, at) => byte === other[at]);
}
