// Events on their way to the user's thread: gathered, kept while that thread is busy, and bounded. A warning counts
// dropped events. States and ends that a caller may wait for are few and never dropped.

import type { Context } from "@troupe/actor-runtime";
import type {
  ApiProtocol,
  PieceReport,
  PiecesHadEvent,
  TorrentEvent,
  TorrentId,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** Events kept per torrent while the user's thread is busy. */
export const outboxLimit = 65_536;
/** The user's thread is woken at most 40 times a second. */
const gatherMs = 25;

type OutboxContext = Pick<
  Context<ApiProtocol>,
  "emit" | "noticeCredits" | "timers" | "whenNoticeRoom"
>;

/** A downloaded piece that is had. */
interface HadPiece extends PieceReport {
  readonly piece: PieceIndex;
}

/** Grows until another event follows it. */
interface HadGroup extends PiecesHadEvent {
  readonly pieces: number[];
  readonly tookMs: number[];
  readonly origins: number[];
  readonly contributors: PieceReport["contributors"][];
}

/** Events of a torrent that are not sent yet. */
export class Outbox {
  readonly #torrent: TorrentId;
  readonly #context: OutboxContext;
  #events: TorrentEvent[] = [];
  /** The last event, while pieces can join it. */
  #had: HadGroup | undefined;
  /** Pieces in all such events. */
  #hadCount = 0;
  #isFlushPlanned = false;
  #dropped = 0;

  constructor(torrent: TorrentId, context: OutboxContext) {
    this.#torrent = torrent;
    this.#context = context;
  }

  /** Queues an event for the user's thread. */
  emit(event: TorrentEvent): void {
    const events = this.#events;
    if (event.event === "progress") dropEarlierProgress(events);
    if (this.#isFull && mayBeDropped(event)) {
      this.#dropped++;
      return;
    }
    this.#had = undefined;
    events.push(event);
    this.#planFlush((task) => this.#context.timers.after(gatherMs, task));
  }

  /** Queues the `piece` event of a piece that is had, together with those before it. */
  emitHad({ piece, tookMs, contributors }: HadPiece): void {
    if (this.#isFull) {
      this.#dropped++;
      return;
    }
    if (this.#had === undefined) {
      const begun: HadGroup = {
        event: "pieces-had",
        pieces: [],
        tookMs: [],
        origins: [],
        contributors: [],
      };
      this.emit(begun);
      this.#had = begun;
    }
    const had = this.#had;
    const last = had.contributors.at(-1);
    if (last === undefined || !areSame(last, contributors)) had.contributors.push(contributors);
    had.pieces.push(piece);
    had.tookMs.push(tookMs);
    had.origins.push(had.contributors.length - 1);
    this.#hadCount++;
  }

  /** Every event is sent. */
  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  get #isFull(): boolean {
    return this.#events.length + this.#hadCount >= outboxLimit;
  }

  /** Sends queued events at once: before a reply that follows from them. */
  flush(): void {
    const events = this.#events;
    if (events.length === 0) return;
    if (this.#context.noticeCredits < 2) {
      this.#planFlush((task) => this.#context.whenNoticeRoom(task));
      return;
    }
    if (this.#dropped > 0) events.push(droppedWarning(this.#dropped));
    this.#dropped = 0;
    this.#events = [];
    this.#had = undefined;
    this.#hadCount = 0;
    this.#context.emit("torrent-event", { torrent: this.#torrent, events });
  }

  /** Resolves when all queued events are sent: for a reply that must not overtake them. */
  async whenFlushed(): Promise<void> {
    this.flush();
    while (this.#events.length > 0) {
      await new Promise<void>((resolve) => {
        this.#context.whenNoticeRoom(resolve);
      });
      this.flush();
    }
  }

  /** Plans must not pile up while the user's thread is busy for hours. */
  #planFlush(later: (task: () => void) => void): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    later(() => {
      this.#isFlushPlanned = false;
      this.flush();
    });
  }
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

/** Whether both name equal lists, or one and the same peer. */
function areSame(one: PieceReport["contributors"], other: PieceReport["contributors"]): boolean {
  if (one === other) return true;
  if (one.length !== 1 || other.length !== 1) return false;
  return one[0]?.host === other[0]?.host && one[0]?.port === other[0]?.port;
}

function droppedWarning(dropped: number): TorrentEvent {
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
