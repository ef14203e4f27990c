// Frames of progress: the figures of all torrents in one message to the user's thread, once a second.

import type { ProgressRow } from "@troupe/messages";
import type { Engine } from "./base/engine-state.ts";

/** @returns Undefined while the user's thread is busy: frames of hours would take its memory. */
export function beginFrame({ context, counters }: Engine): ProgressRow[] | undefined {
  return counters.framesOut > 0 || context.noticeCredits < 2 ? undefined : [];
}

/** Sends the rows, if there are any. */
export function sendFrame({ context, counters }: Engine, rows: readonly ProgressRow[] = []): void {
  if (rows.length === 0) return;
  counters.framesOut++;
  context.emit("progress-frame", { rows });
}

/** The user's thread has handled the last frame. */
export function frameTaken({ counters }: Pick<Engine, "counters">): void {
  counters.framesOut = 0;
}
