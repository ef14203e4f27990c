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
  const { breadcrumb } = worker.context;
  const before = breadcrumb.slice();
  breadcrumb.fill(0);
  breadcrumb[0] = PeerStep.extension;
  breadcrumb[1] = id;
  try {
    return run();
  } finally {
    breadcrumb.set(before);
  }
}
