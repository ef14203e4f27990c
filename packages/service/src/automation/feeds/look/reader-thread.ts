// The thread that reads feeds and runs patterns, as its owner uses it: one call at a time, each with its bound. A thread that is
// late is ended, and the next call starts another one.

import {
  asFault,
  threadTime,
  type Clock,
  type Ref,
  type Supervisor,
  type Timer,
  type Timers,
} from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { FeedReaderProtocol, ReadFeed } from "../feeds.messages.ts";

/** A feed that takes longer to read is refused, and the thread ends. Time in which the thread waits for a core does not count. */
const readMs = 2_000;
/** A feed that takes longer ends the thread, with or without a core. */
const longestReadMs = 30_000;
/** The time between two looks at the progress of a reading. */
const readWatchMs = 250;
/** A pattern that takes longer on a title ends the thread. Time in which the thread waits for a core does not count. */
const titleMs = 50;
/** The processor time of that, which the system counts in steps of 10 ms. */
const titleCpuMs = 40;
/** A title that takes longer ends the thread, with or without a core. */
const longestTitleMs = 2_000;
/** The time between two looks at the progress of a pattern. */
const watchMs = 10;
/** Late ends of a pattern at one title, each in another thread, after which it is at fault: one delay may be that of the machine. */
const mostLate = 2;
/** Titles of a call. */
const batchTitles = 100;
/** The time of a pattern on all titles of a call; one that takes longer is late. */
const mostMatchMs = 5_000;
/** The longest time of a call with patterns, beyond the watch of each title. */
const batchMs = batchTitles * titleMs;
/** A thread without work ends. */
const idleMs = 30_000;
const actor = "feed-reader";

/** The world of the thread. */
interface ReaderPorts {
  readonly root: Pick<Supervisor, "ref" | "startChild" | "stopChild">;
  /** Shared memory of the running incarnation. */
  readonly progress: () => SharedArrayBuffer;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after" | "every">;
}

/** The titles that a pattern finds, or its end by the bound. */
export type Matched = { readonly found: ReadonlySet<number> } | { readonly lateAt: number };

/** Calls to the thread. */
export class ReaderThread {
  readonly #ports: ReaderPorts;
  #last: Promise<unknown> = Promise.resolve();
  #idle: Timer | undefined;
  #isClosed = false;

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  /** Reads a feed. @throws rejects with TroupeError `feed-late`, `feed-reader-ended` */
  async read(bytes: Uint8Array, url: string): Promise<ReadFeed> {
    return await this.#inTurn(async (reader) => {
      const { promise, reject } = Promise.withResolvers<never>();
      const timer = this.#watchReading(() => reject(feedLate()));
      const work = reader.call("read-feed", { bytes, url }, { deadlineMs: 2 * longestReadMs });
      return await Promise.race([work, promise]).finally(() => timer.cancel());
    });
  }

  /**
   * Runs a pattern on titles.
   *
   * @returns The indexes of the titles that it finds; the index of a title that it takes longer than 50 ms on, at two
   *   tries, or that it has not reached in 5 s.
   * @throws rejects with TroupeError `feed-reader-ended`
   */
  async match(pattern: string, titles: readonly string[]): Promise<Matched> {
    const found = new Set<number>();
    let late = { at: -1, times: 0 };
    let begin = 0;
    let tookMs = 0;
    while (begin < titles.length) {
      const batch = titles.slice(begin, begin + batchTitles);
      const end = await this.#inTurn(async (reader) => {
        const begunMs = this.#ports.clock.nowMs();
        const answer = await this.#matchBatch(reader, pattern, batch);
        tookMs += this.#ports.clock.nowMs() - begunMs;
        return answer;
      });
      if ("found" in end) {
        for (const index of end.found) found.add(begin + index);
        begin += batch.length;
        if (tookMs > mostMatchMs && begin < titles.length) return { lateAt: begin };
        continue;
      }
      const at = begin + end.lateAt;
      late = { at, times: at === late.at ? late.times + 1 : 1 };
      if (late.times >= mostLate) return { lateAt: at };
    }
    return { found };
  }

  /** Ends the thread once its work is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idle?.cancel();
    await this.#last;
    await this.#end();
  }

  async #matchBatch(
    reader: Ref<FeedReaderProtocol>,
    pattern: string,
    titles: readonly string[],
  ): Promise<{ readonly found: readonly number[] } | { readonly lateAt: number }> {
    const progress = new Int32Array(this.#ports.progress());
    const { promise, resolve } = Promise.withResolvers<{ readonly lateAt: number }>();
    const watch = new TitleWatch(progress, this.#ports.clock.nowMs());
    const timer = this.#ports.timers.every(watchMs, () => {
      if (!watch.isLate(this.#ports.clock.nowMs())) return;
      timer.cancel();
      void this.#end().then(() => resolve({ lateAt: watch.index }));
    });
    const work = reader.call("match-titles", { pattern, titles }, { deadlineMs: batchMs });
    // The end of the thread ends the call; the watch has the answer then.
    const answer = work.catch((error: unknown) => {
      if (watch.hasFired) return promise;
      throw error;
    });
    return await Promise.race([answer, promise]).finally(() => timer.cancel());
  }

  /** @throws rejects with TroupeError `feed-reader-ended` for a thread that crashed, or ran out of memory. */
  #inTurn<Result>(work: (reader: Ref<FeedReaderProtocol>) => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(async () => {
      this.#idle?.cancel();
      const { root, timers } = this.#ports;
      try {
        await root.startChild(actor);
        return await work(root.ref<FeedReaderProtocol>(actor));
      } catch (error) {
        await this.#end();
        throw error instanceof TroupeError ? error : ended(error);
      } finally {
        if (!this.#isClosed) this.#idle = timers.after(idleMs, () => void this.#inIdle());
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #inIdle(): Promise<void> {
    const turn = this.#last.then(() => this.#end());
    this.#last = turn;
    return turn;
  }

  async #end(): Promise<void> {
    await this.#ports.root.stopChild(actor).catch(() => undefined);
  }

  #watchReading(late: () => void): Timer {
    const { clock, timers } = this.#ports;
    const progress = new Int32Array(this.#ports.progress());
    const begun = { ms: clock.nowMs(), usedMs: usedMs(progress) };
    return timers.every(readWatchMs, () => {
      const passedMs = clock.nowMs() - begun.ms;
      if (passedMs >= longestReadMs) return late();
      const [before, now] = [begun.usedMs, usedMs(progress)];
      const spentMs = before === undefined || now === undefined ? passedMs : now - before;
      if (spentMs >= readMs) late();
    });
  }
}

/** Sees whether the title under way changes. */
class TitleWatch {
  readonly #progress: Int32Array;
  readonly #begun: number;
  #seen: number;
  #since: { readonly nowMs: number; readonly usedMs: number | undefined };
  hasFired = false;

  constructor(progress: Int32Array, nowMs: number) {
    this.#progress = progress;
    this.#begun = Atomics.load(progress, 0);
    this.#seen = this.#begun;
    this.#since = { nowMs, usedMs: usedMs(progress) };
  }

  /** The index of the title under way, at the last look. */
  get index(): number {
    return this.#seen - this.#begun - 1;
  }

  /** True from the moment on when a title is under way for longer than it may. */
  isLate(nowMs: number): boolean {
    const seen = Atomics.load(this.#progress, 0);
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#since = { nowMs, usedMs: usedMs(this.#progress) };
    }
    // Before the first title the call is on its way.
    this.hasFired ||= seen !== this.#begun && this.#isOverdue(nowMs - this.#since.nowMs);
    return this.hasFired;
  }

  #isOverdue(passedMs: number): boolean {
    if (passedMs < titleMs) return false;
    const [before, now] = [this.#since.usedMs, usedMs(this.#progress)];
    if (before === undefined || now === undefined || passedMs >= longestTitleMs) return true;
    return now - before >= titleCpuMs;
  }
}

/** The processor time of the thread. Undefined where the system does not tell it. */
function usedMs(progress: Int32Array): number | undefined {
  return threadTime(Atomics.load(progress, 1))?.usedMs;
}

function feedLate(): TroupeError {
  const message = `cannot read the feed: it takes longer than ${readMs} ms`;
  return new TroupeError("feed-late", message);
}

function ended(cause: unknown): TroupeError {
  const message = `cannot read the feed: its thread has ended: ${asFault(cause).message}`;
  return new TroupeError("feed-reader-ended", message, { cause });
}
