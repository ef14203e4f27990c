import { setBit } from "@troupe/protocol/peer";
import { CheckPlan, type CheckedTorrent, type RunSize } from "./check-plan.ts";
import { type CheckedRun, type CheckRun, rightByNodeAlone } from "./check-run.ts";
import { halvesDiffer, poolClosed, queueFull } from "../pool-errors.ts";

/** More torrents are refused with `check-queue-full`. */
const mostChecks = 1_024;

/** A hash check and its callbacks. */
export interface CheckRequest extends CheckedTorrent {
  /** After each run; `done` counts good and bad pieces. */
  readonly onProgress?: (done: number, total: number) => void;
  /** After each run, with a byte a piece, 1 = good, and the digests of its pieces if there is nothing to compare with. */
  readonly onRun?: (firstPiece: number, verdicts: Uint8Array, digests?: Uint8Array) => void;
  /** For an existing unreadable file, perhaps several times. Its pieces fail. */
  readonly onUnreadable?: (path: string, code: string) => void;
  readonly signal?: AbortSignal;
}

/** Threads that check runs. */
interface CheckThreads {
  /** Runs accepted now. */
  free(): number;
  run(run: CheckRun): Promise<CheckedRun>;
}

interface Check {
  readonly request: CheckRequest;
  readonly plan: CheckPlan;
  /** Wire order, most significant bit first. */
  readonly bitfield: Uint8Array;
  donePieces: number;
  settle(end: { readonly error: unknown } | "whole"): void;
}

/** Hash checks of torrents, which take turns on the free threads, run by run. */
export class CheckQueue {
  readonly #threads: CheckThreads;
  readonly #runBytes: RunSize;
  readonly #checks = new Set<Check>();
  #isClosed = false;

  constructor(threads: CheckThreads, runBytes: RunSize) {
    this.#threads = threads;
    this.#runBytes = runBytes;
  }

  /** Runs not yet given to a thread. */
  get queued(): number {
    let runs = 0;
    for (const { plan } of this.#checks) runs += plan.runsLeft;
    return runs;
  }

  /**
   * @returns The good pieces as a bitfield in wire order.
   * @throws rejects with the signal's reason, `check-queue-full`, `check-closed`, `hybrid-inconsistent`, or the error of a thread.
   */
  add(request: CheckRequest): Promise<Uint8Array> {
    const { signal } = request;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#isClosed) return Promise.reject(poolClosed("check"));
    if (this.#checks.size >= mostChecks) return Promise.reject(queueFull("check", mostChecks));
    const plan = new CheckPlan(request, this.#runBytes);
    return new Promise((resolve, reject) => {
      const bitfield = new Uint8Array(Math.ceil(plan.pieceCount / 8));
      const abort = (): void => check.settle({ error: signal?.reason });
      const check: Check = {
        request,
        plan,
        bitfield,
        donePieces: 0,
        settle: (end) => {
          if (!this.#checks.delete(check)) return;
          signal?.removeEventListener("abort", abort);
          if (end === "whole") resolve(bitfield);
          else reject(end.error);
        },
      };
      signal?.addEventListener("abort", abort);
      this.#checks.add(check);
      if (plan.checkedCount === 0) check.settle("whole");
      this.#dispatch();
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const check of [...this.#checks]) check.settle({ error: poolClosed("check") });
  }

  #dispatch(): void {
    let isIdle = false;
    while (!isIdle) {
      isIdle = true;
      for (const check of [...this.#checks]) {
        if (this.#threads.free() < 1) return;
        const next = check.plan.takeRun();
        if (next === undefined) continue;
        isIdle = false;
        void this.#run(check, next.firstPiece, next.run);
      }
    }
  }

  async #run(check: Check, firstPiece: number, run: CheckRun): Promise<void> {
    try {
      const checked = await this.#threads.run(run);
      if (this.#checks.has(check)) addVerdicts(check, firstPiece, checked);
    } catch (error) {
      check.settle({ error });
    }
    this.#dispatch();
  }
}

/** @throws {ActorError} `hybrid-inconsistent`: the pieces of such a torrent are not worth a verdict. */
function addVerdicts(
  check: Check,
  firstPiece: number,
  { digests, unreadable, verdicts }: CheckedRun,
): void {
  const { bitfield, plan, request } = check;
  for (const [index, isGood] of verdicts.entries()) {
    const piece = firstPiece + index;
    if (isGood === 1) setBit(bitfield, piece);
    else if (isGood === rightByNodeAlone) throw halvesDiffer(piece);
  }
  check.donePieces += verdicts.byteLength;
  for (const { path, code } of unreadable) request.onUnreadable?.(path, code);
  request.onRun?.(firstPiece, verdicts, digests);
  request.onProgress?.(check.donePieces, plan.checkedCount);
  if (check.donePieces === plan.checkedCount) check.settle("whole");
}
