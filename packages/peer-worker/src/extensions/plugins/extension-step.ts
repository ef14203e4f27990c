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
  return worker.context.inModule(PeerStep.extension, id, run);
}

/** Loads a module in a step of the torrent, as {@link inExtensionStep} runs its code. */
export function loadInExtensionStep(
  { id, worker }: Pick<Torrent, "id" | "worker">,
  url: string,
): Promise<unknown> {
  return worker.context.loadModule(PeerStep.extension, id, url);
}
