// Events on their way to the user's thread: gathered for a moment and sent together, kept back while the user's
// thread does not listen, and bounded. What is dropped at the bound is counted and said in a warning; what a caller
// may wait for (states, the end of a check or of the whole) is few and never dropped.

import type { TorrentEvent } from "@troupe/messages";
import type { Engine } from "./engine-state.ts";
import type { TorrentJob } from "../../torrent/torrent-job.ts";

/** Events a torrent keeps while the user's thread is busy. */
export const outboxLimit = 65_536;
/** Events wait this long for company: the user's thread is woken at most 40 times a second. */
const gatherMs = 25;

/** Events of one torrent that are not yet handed to the front. */
export class Outbox {
  readonly events: TorrentEvent[] = [];
  /** They will be handed over as soon as the moment or the front's mailbox allows. */
  isFlushPlanned = false;
  dropped = 0;
}

/** Queues one event for the front. */
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

/** Sends what waits at once: before an answer that follows from it. */
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

/** Resolves when everything said so far is on its way: for an answer that must not overtake it. */
export async function whenFlushed(engine: Pick<Engine, "context">, job: TorrentJob): Promise<void> {
  flush(engine, job);
  while (job.outbox.events.length > 0) {
    await new Promise<void>((resolve) => {
      engine.context.whenNoticeRoom(resolve);
    });
    flush(engine, job);
  }
}

/** One plan at a time: a user's thread that is busy for hours must not gather them. */
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

/** Only the newest figures matter. */
function dropEarlierProgress(events: TorrentEvent[]): void {
  const at = events.findIndex((event) => event.event === "progress");
  if (at >= 0) events.splice(at, 1);
}
