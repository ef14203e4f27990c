// Events on their way to the user's thread: gathered, sent together, kept while that thread is busy, and bounded.
// Dropped events are counted in a warning. States and ends that a caller may wait for are few and never dropped.

import type { TorrentEvent } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";

/** Events kept per torrent while the user's thread is busy. */
export const outboxLimit = 65_536;
/** Events are gathered this long: the user's thread is woken at most 40 times a second. */
const gatherMs = 25;

/** Events of one torrent that are not sent yet. */
export class Outbox {
  readonly events: TorrentEvent[] = [];
  isFlushPlanned = false;
  dropped = 0;
}

/** Queues an event for the user's thread. */
export function emit(engine: Pick<Engine, "context">, job: TorrentJob, event: TorrentEvent): void {
  const { events } = job.outbox;
  if (event.event === "progress") dropEarlierProgress(events);
  if (events.length >= outboxLimit && mayBeDropped(event)) {
    job.outbox.dropped++;
    return;
  }
  events.push(event);
  planFlush(engine, job, (task) => engine.context.timers.after(gatherMs, task));
}

/** Sends queued events at once: before a reply that follows from them. */
export function flush(engine: Pick<Engine, "context">, job: TorrentJob): void {
  if (job.outbox.events.length === 0) return;
  if (engine.context.noticeCredits < 2) {
    planFlush(engine, job, (task) => engine.context.whenNoticeRoom(task));
    return;
  }
  const events = job.outbox.events.splice(0);
  if (job.outbox.dropped > 0) events.push(droppedWarning(job));
  engine.context.emit("torrent-event", { torrent: job.id, events });
}

/** Resolves when all queued events are sent: for a reply that must not overtake them. */
export async function whenFlushed(engine: Pick<Engine, "context">, job: TorrentJob): Promise<void> {
  flush(engine, job);
  while (job.outbox.events.length > 0) {
    await new Promise<void>((resolve) => {
      engine.context.whenNoticeRoom(resolve);
    });
    flush(engine, job);
  }
}

/** One plan at a time, so that plans do not pile up while the user's thread is busy for hours. */
function planFlush(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  later: (task: () => void) => void,
): void {
  if (job.outbox.isFlushPlanned) return;
  job.outbox.isFlushPlanned = true;
  later(() => {
    job.outbox.isFlushPlanned = false;
    flush(engine, job);
  });
}

function mayBeDropped({ event }: TorrentEvent): boolean {
  return (
    event === "piece" ||
    event === "peer" ||
    event === "tracker" ||
    event === "checking" ||
    event === "why" ||
    event === "warning"
  );
}

function droppedWarning(job: TorrentJob): TorrentEvent {
  const dropped = job.outbox.dropped;
  job.outbox.dropped = 0;
  return {
    event: "warning",
    code: "events-dropped",
    message: `${dropped} events were dropped because nobody took them: ${outboxLimit} wait at most`,
  };
}

function dropEarlierProgress(events: TorrentEvent[]): void {
  const at = events.findIndex((event) => event.event === "progress");
  if (at >= 0) events.splice(at, 1);
}
