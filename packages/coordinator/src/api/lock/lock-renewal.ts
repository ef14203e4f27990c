// When a job's lock may not protect the folder of its torrent.

import type { TorrentEvent, TorrentState } from "@troupe/messages";
import { runStates } from "../torrent-promises.ts";
import type { JobLock } from "./job-lock.ts";

/**
 * Renews a lock after an error, when another folder may lie at the path, and when a missing folder may exist.
 *
 * @param before State of the torrent before the event.
 * @returns Undefined if no renewal is needed.
 * @throws rejects with TroupeError `already-running`
 */
export function renewInDoubt(
  lock: JobLock,
  before: TorrentState,
  event: TorrentEvent,
): Promise<void> | undefined {
  const isRunning = event.event === "state" && runStates.has(event.state);
  const hasPiece = event.event === "piece" && event.verified;
  const isBack = isRunning && before === "error";
  return isBack || (lock.isProvisional && (isRunning || hasPiece)) ? lock.renew() : undefined;
}
