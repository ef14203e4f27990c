// When a job's lock may not protect the folder that its torrent uses.

import type { TorrentEvent, TorrentState } from "@troupe/messages";
import type { JobLock } from "./job-lock.ts";
import { runStates } from "../torrent-promises.ts";

/**
 * Renews a lock that is in doubt: after an error another folder may lie at the path, and a folder that did not exist when
 * the lock was taken may exist.
 *
 * @param before State of the torrent before the event.
 * @returns Undefined when there is no doubt.
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
