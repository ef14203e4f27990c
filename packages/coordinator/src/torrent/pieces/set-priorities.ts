import type { MessageOf } from "@troupe/actor-runtime";
import type { ApiProtocol } from "@troupe/messages";
import { isPriority } from "../../file-priorities.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { settleFiles } from "../lifecycle/completion.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { changeWanted } from "./change-wanted.ts";

/** Sets priorities of files during a run, and revokes leases of unwanted pieces. Unknown files are ignored. */
export function setPriorities(
  engine: Pick<Engine, "context" | "peerWorkers">,
  job: JobWithContent,
  { priorities }: MessageOf<ApiProtocol, "set-priorities">,
): void {
  const { files, ledger, metainfo } = job.content;
  const known = priorities.filter(
    ({ file, priority }) => isPriority(priority) && metainfo.files[file] !== undefined,
  );
  changeWanted(engine, job, () => known.flatMap(({ file, priority }) => files.set(file, priority)));
  if (!job.isRunning) return;
  if (!ledger.isComplete) job.life.dispatch({ event: "some-missing" });
  settleFiles(engine, job).catch((error: unknown) => failEngine(engine, job, error));
}
