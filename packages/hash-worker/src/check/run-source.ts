import type { Soon } from "@troupe/actor-runtime";
import type { CheckedRun, CheckRun } from "./check-run.ts";

/** The reading half of a piece store, for hash checks. A check thread opens it once, and reads runs of any torrent. */
export interface CheckSource {
  /** Opens neighbouring pieces. One run is open at a time. */
  openRun(run: CheckRun): RunSource;
}

/** The bytes of a run, front to back. */
export interface RunSource extends CheckedRun {
  /** A byte a piece: 1 until bytes of the piece turn out to be missing. The check writes its verdicts here too. */
  readonly verdicts: Uint8Array;
  /**
   * Fills `target` with the bytes at `position` of the run; bytes of failed pieces have any content.
   *
   * @param position Never moves backwards.
   * @param target Memory of the check, which it reads once the answer is there.
   * @returns Undefined, or the promise of it where the source has to wait.
   */
  read(position: number, target: Uint8Array): Soon<undefined>;
  close(): void;
}
