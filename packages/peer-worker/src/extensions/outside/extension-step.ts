import { inOwnStep } from "@troupe/actor-runtime";
import { PeerStep } from "@troupe/messages";

import type { Torrent } from "../../torrent.ts";

/**
 * Runs code of a module. A thread that hangs in it counts against the torrent, and not against the peer whose message
 * it handles.
 */
export function inExtensionStep<Result>(
  { id, worker }: Pick<Torrent, "id" | "worker">,
  run: () => Result,
): Result {
  return inOwnStep(worker.context.breadcrumb, PeerStep.extension, id, run);
}
