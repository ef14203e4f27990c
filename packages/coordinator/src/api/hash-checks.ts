// The hash checks that a user waits for: what is still to be looked at, so that a new engine goes on where the last one
// was, and so that one that was cancelled can be resumed.

import type { TorrentEvent, TorrentState } from "@troupe/messages";
import { mergeRanges, type PieceRange } from "@troupe/protocol";
import { TroupeError } from "../troupe-error.ts";
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

/** States in which the engine answers, be it that the torrent does not run. */
const answeringStates: ReadonlySet<TorrentState> = new Set([
  "active",
  "paused",
  "error",
  "stopped",
]);

/** How the engine is asked for a check of this number, and told that nobody waits for it any more. */
interface CheckCasts {
  readonly begin: (check: number, ranges: Ranges) => void;
  readonly cancel: (check: number) => void;
}

/** The checks of one torrent. */
export class HashChecks {
  readonly #pieceCount: number;
  readonly #waiting = new Map<number, WaitingCheck>();
  readonly #casts: CheckCasts;
  #next = 1;
  /** Checks that an engine which died did not end are to be asked of its successor. */
  #areToBeginAgain = false;
  #ended: TroupeError | undefined;

  constructor(pieceCount: number, casts: CheckCasts) {
    this.#pieceCount = pieceCount;
    this.#casts = casts;
  }

  /** @param choice All pieces without it. */
  start(
    choice: number | readonly PieceChoice[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<CheckResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const check = this.#next++;
    const waiting: WaitingCheck = {
      left: this.#rangesOf(choice),
      passed: 0,
      failedPieces: [],
      settled: Promise.withResolvers(),
    };
    this.#waiting.set(check, waiting);
    const abort = (): void => {
      this.#casts.cancel(check);
      this.#reject(check, cancelled(waiting.left));
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#casts.begin(check, waiting.left);
    return waiting.settled.promise.finally(() => signal?.removeEventListener("abort", abort));
  }

  /** There is a new engine, which knows of none of them. */
  engineRestarted(): void {
    this.#areToBeginAgain = true;
  }

  /** The torrent is in this state now: a new engine is asked as soon as it answers. */
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
    if (refused !== undefined) {
      this.#reject(check, new TroupeError(refused, message ?? refused));
      return;
    }
    this.#waiting.delete(check);
    const { passed } = waiting;
    const failedPieces = waiting.failedPieces.toSorted((one, other) => one - other);
    waiting.settled.resolve({ passed, failed: failedPieces.length, failedPieces });
  }

  /** Those under way come to nothing. @returns `error`, to be thrown. */
  fail(error: TroupeError): TroupeError {
    for (const check of [...this.#waiting.keys()]) this.#reject(check, error);
    return error;
  }

  /** Nothing is checked any more. */
  end(error: TroupeError): void {
    this.#ended = error;
    this.fail(error);
  }

  #reject(check: number, error: TroupeError): void {
    const waiting = this.#waiting.get(check);
    this.#waiting.delete(check);
    waiting?.settled.reject(error);
  }

  /** Ascending and apart. @throws TroupeError `option-out-of-range` */
  #rangesOf(choice: number | readonly PieceChoice[] | undefined): Ranges {
    const last = this.#pieceCount - 1;
    const given: readonly PieceChoice[] =
      choice === undefined ? [[0, last]] : typeof choice === "number" ? [choice] : choice;
    const ranges = given.map((one) => (typeof one === "number" ? ([one, one] as const) : one));
    for (const [from, to] of ranges) {
      if (
        !(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to <= last)
      )
        throw outOfRange(from, to, last);
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
  return new TroupeError(
    "hashcheck-cancelled",
    "the check was cancelled; what it did not look at is in details.remaining",
    {
      details: { remaining },
    },
  );
}

function outOfRange(from: number, to: number, last: number): TroupeError {
  return new TroupeError(
    "option-out-of-range",
    `cannot check pieces ${from} to ${to}: the torrent has pieces 0 to ${last}`,
    { details: { from, to, last } },
  );
}

/** The events of the single pieces. */
export function piecesOf({
  first,
  verdicts,
}: Extract<TorrentEvent, { event: "hash-verdicts" }>): TorrentEvent[] {
  return Array.from(verdicts, (isGood, index) => ({
    event: "piece",
    index: first + index,
    verified: isGood === 1,
  }));
}
