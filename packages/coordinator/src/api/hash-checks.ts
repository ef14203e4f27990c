// Hash checks that a user waits for. A new engine continues them.

import { LazyMap } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { TorrentEvent, TorrentState } from "@troupe/messages";
import { mergeRanges, type PieceRange } from "@troupe/protocol/metainfo";
import type { CheckResult } from "./torrent-progress.ts";

/** Pieces by index, or first and last of a range. */
export type PieceChoice = number | readonly [first: number, last: number];

type Ranges = readonly PieceRange[];

interface WaitingCheck {
  left: Ranges;
  passed: number;
  readonly failedPieces: number[];
  readonly settled: PromiseWithResolvers<CheckResult>;
}

/** States in which the engine answers, if only by a refusal. */
const answeringStates: ReadonlySet<TorrentState> = new Set([
  "active",
  "paused",
  "error",
  "queued",
  "stopped",
]);

/** Messages to the engine, and what they need. */
interface CheckCasts {
  readonly pieceCount: () => number;
  readonly begin: (check: number, ranges: Ranges) => void;
  readonly cancel: (check: number) => void;
}

/** The checks of a torrent. */
export class HashChecks {
  readonly #waiting = new LazyMap<number, WaitingCheck>();
  readonly #casts: CheckCasts;
  #next = 1;
  /** A new engine has to begin the waiting checks again. */
  #areToBeginAgain = false;
  #ended: TroupeError | undefined;

  constructor(casts: CheckCasts) {
    this.#casts = casts;
  }

  /** @param choice Default: all pieces. */
  start(
    choice: number | readonly PieceChoice[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<CheckResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const check = this.#next++;
    const left = this.#rangesOf(choice);
    const settled = Promise.withResolvers<CheckResult>();
    const waiting: WaitingCheck = { left, passed: 0, failedPieces: [], settled };
    this.#waiting.set(check, waiting);
    const abort = (): void => {
      this.#casts.cancel(check);
      this.#reject(check, cancelled(waiting.left));
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#casts.begin(check, waiting.left);
    return waiting.settled.promise.finally(() => signal?.removeEventListener("abort", abort));
  }

  engineRestarted(): void {
    this.#areToBeginAgain = true;
  }

  /** Begins the waiting checks again as soon as a new engine answers. */
  stateChanged(state: TorrentState): void {
    if (!this.#areToBeginAgain || !answeringStates.has(state)) return;
    this.#areToBeginAgain = false;
    for (const [check, { left }] of this.#waiting) this.#casts.begin(check, left);
  }

  verdicts({ check, first, verdicts }: Extract<TorrentEvent, { event: "hash-verdicts" }>): void {
    const waiting = this.#waiting.get(check);
    if (waiting === undefined) return;
    for (const [index, isGood] of verdicts.entries()) {
      if (isGood === 1) waiting.passed++;
      else waiting.failedPieces.push(first + index);
    }
    waiting.left = without(waiting.left, first, first + verdicts.length - 1);
  }

  ended({ check, refused, message }: Extract<TorrentEvent, { event: "hash-checked" }>): void {
    const waiting = this.#waiting.get(check);
    if (waiting === undefined) return;
    if (refused !== undefined)
      return this.#reject(check, new TroupeError(refused, message ?? refused));
    this.#waiting.delete(check);
    const { passed } = waiting;
    const failedPieces = waiting.failedPieces.toSorted((one, other) => one - other);
    waiting.settled.resolve({ passed, failed: failedPieces.length, failedPieces });
  }

  /** Rejects the waiting checks. @returns `error`. */
  fail(error: TroupeError): TroupeError {
    for (const check of [...this.#waiting.keys()]) this.#reject(check, error);
    return error;
  }

  end(error: TroupeError): void {
    this.#ended = error;
    this.fail(error);
  }

  #reject(check: number, error: TroupeError): void {
    const waiting = this.#waiting.get(check);
    this.#waiting.delete(check);
    waiting?.settled.reject(error);
  }

  /** Ascending and disjoint. @throws TroupeError `option-out-of-range` */
  #rangesOf(choice: number | readonly PieceChoice[] | undefined): Ranges {
    const last = this.#casts.pieceCount() - 1;
    const given: readonly PieceChoice[] =
      choice === undefined ? [[0, last]] : typeof choice === "number" ? [choice] : choice;
    const ranges = given.map((range) =>
      typeof range === "number" ? ([range, range] as const) : range,
    );
    for (const [from, to] of ranges) {
      const areWhole = Number.isInteger(from) && Number.isInteger(to);
      if (!areWhole || from < 0 || from > to || to > last) throw outOfRange(from, to, last);
    }
    return mergeRanges(ranges);
  }
}

function without(ranges: Ranges, first: number, last: number): Ranges {
  return ranges.flatMap(([from, to]) => {
    const parts: [number, number][] = [];
    if (from < first) parts.push([from, Math.min(to, first - 1)]);
    if (to > last) parts.push([Math.max(from, last + 1), to]);
    return parts;
  });
}

function cancelled(remaining: Ranges): TroupeError {
  const message = "the check was cancelled; what it did not look at is in details.remaining";
  return new TroupeError("hashcheck-cancelled", message, { details: { remaining } });
}

function outOfRange(from: number, to: number, last: number): TroupeError {
  const message = `cannot check pieces ${from} to ${to}: the torrent has pieces 0 to ${last}`;
  return new TroupeError("option-out-of-range", message, { details: { from, to, last } });
}
