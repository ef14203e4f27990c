// Whether a disk answers. Its thread cannot say so while it is stuck in a call, so the engine looks at its stamp four
// times a second, each device for itself:
//
//   answering ──2 s in one call──► slow ──30 s──► silent ──the call returned──► answering
//               a warning,          torrents wait in the state error,
//               no new pieces       and go on by themselves

import { DiskCallWatch, diskStampBytes } from "@troupe/file-worker";

/** A disk call that takes this long makes the disk slow: no piece is begun meanwhile. */
export const slowAfterMs = 2_000;
/** A disk call that takes this long: the torrents are told that the disk does not answer. */
export const silentAfterMs = 30_000;

type DiskState = "answering" | "slow" | "silent";

/** The stamp of the present file-worker, and what it has shown. */
export class DiskWatch {
  #watch: DiskCallWatch | undefined;
  #state: DiskState = "answering";

  get state(): DiskState {
    return this.#state;
  }

  /** Whether a disk call is under way at this very moment. */
  get isInCall(): boolean {
    return this.#watch?.isInCall ?? false;
  }

  /** Whether files are being synced, beside other calls. */
  get isSyncing(): boolean {
    return this.#watch?.isSyncing ?? false;
  }

  /** Whether a thread that moves files has not ended: the file-worker cannot end before it. */
  get hasThread(): boolean {
    return this.#watch?.hasThread ?? false;
  }

  /** Memory for the next incarnation of the file-worker, which is watched from now on. */
  nextStamp(): SharedArrayBuffer {
    const stamp = new SharedArrayBuffer(diskStampBytes);
    this.#watch = new DiskCallWatch(stamp);
    return stamp;
  }

  /** To be called four times a second. @returns Milliseconds that the call under way has lasted, 0 for none. */
  look(nowMs: number): number {
    const inCallMs = this.#watch?.measureCallMs(nowMs) ?? 0;
    if (inCallMs >= silentAfterMs) this.#state = "silent";
    else this.#state = inCallMs >= slowAfterMs ? "slow" : "answering";
    return inCallMs;
  }
}
