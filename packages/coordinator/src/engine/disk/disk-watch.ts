// Whether a disk answers. From within a call its thread cannot report that, so the engine reads its stamp four times a
// second, for each device:
//
//   answering ──2 s in one call──► slow ──30 s──► silent ──the call returned──► answering
//               a warning,          torrents wait in the state error,
//               no new pieces       and continue by themselves

import {
  addDiskTimes,
  DiskCallWatch,
  diskStampBytes,
  diskTimes,
  timesOfStamp,
  type DiskTimes,
} from "@troupe/file-worker";

/** A call of this length makes the disk slow: no piece is leased until it returns. */
export const slowAfterMs = 2_000;
/** A call of this length makes the disk silent: its torrents fail. */
export const silentAfterMs = 30_000;

type DiskState = "answering" | "slow" | "silent";

/** The state of a disk, from the stamp of the present file-worker. */
export class DiskWatch {
  #watch: DiskCallWatch | undefined;
  /** Times of earlier incarnations. */
  readonly #formerTimes = diskTimes();
  #times = diskTimes();
  #state: DiskState = "answering";

  get state(): DiskState {
    return this.#state;
  }

  get isInCall(): boolean {
    return this.#watch?.isInCall ?? false;
  }

  /** Files are being synced, in parallel with other calls. */
  get isSyncing(): boolean {
    return this.#watch?.isSyncing ?? false;
  }

  /** A thread that moves files runs: the file-worker cannot end before it. */
  get hasThread(): boolean {
    return this.#watch?.hasThread ?? false;
  }

  /** For the next incarnation, which is watched from now on. */
  nextStamp(): SharedArrayBuffer {
    const stamp = new SharedArrayBuffer(diskStampBytes);
    this.#watch = new DiskCallWatch(stamp);
    addDiskTimes(this.#formerTimes, this.#times);
    this.#times = timesOfStamp(stamp);
    return stamp;
  }

  /** Adds the times of its reads, writes and syncs, over all incarnations. */
  addTimes(to: DiskTimes): void {
    addDiskTimes(to, this.#formerTimes);
    addDiskTimes(to, this.#times);
  }

  /** Called four times a second. @returns Milliseconds in the present call, or 0. */
  look(nowMs: number): number {
    const inCallMs = this.#watch?.measureCallMs(nowMs) ?? 0;
    if (inCallMs >= silentAfterMs) this.#state = "silent";
    else this.#state = inCallMs >= slowAfterMs ? "slow" : "answering";
    return inCallMs;
  }
}

/** Whole seconds, for messages about slow disks. */
export function spellSeconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`;
}
