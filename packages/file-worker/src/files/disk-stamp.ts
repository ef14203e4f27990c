// The stamp shows other threads that a file-worker's disk does not answer. A thread blocked in a disk call sends no
// heartbeat and no reply, but its writes to shared memory before the call can be read.
//
//   byte 0   calls begun + calls ended, 32 bits, wraps; odd while a call is under way. Written by the file-worker.
//   byte 4   syncs under way beside other calls, 32 bits.
//   byte 8   disk threads of the file-worker that have not ended, 32 bits.
//   byte 16  times of a file-worker's calls: disk-times.ts.

import { countedDisk, type Disk, type DiskThread } from "@troupe/actor-runtime";
import { diskTimes, diskTimesBytes, type DiskTimes } from "./disk-times.ts";

/** Place of the times in a stamp. */
const timesOffset = 16;

/** Bytes of a stamp's shared memory. */
export const diskStampBytes: number = timesOffset + diskTimesBytes;

/** The times in a stamp. */
export function timesOfStamp(stamp: SharedArrayBuffer): DiskTimes {
  return diskTimes(stamp, timesOffset);
}

/** @returns `disk`, with every call counted in `stamp`. */
export function stampedDisk(disk: Disk, stamp: SharedArrayBuffer): Disk {
  const counter = new Int32Array(stamp);
  return {
    ...countedDisk(disk, counter),
    // A sync in parallel with other calls takes no time of this thread.
    syncLater: (path, done) => {
      disk.syncLater(path, (error, found) => {
        Atomics.sub(counter, 1, 1);
        done(error, found);
      });
      Atomics.add(counter, 1, 1);
    },
    openThread: (work) => countedThread(disk.openThread(work), counter),
  };
}

/** Runs code during which the thread counts as being in a disk call. */
export type StampCall = <Result>(act: () => Result) => Result;

/** @returns Runs code of a module, counted in `stamp` as a call of the disk. */
export function stampedCalls(stamp: SharedArrayBuffer): StampCall {
  const counter = new Int32Array(stamp);
  return (act) => {
    Atomics.add(counter, 0, 1);
    try {
      return act();
    } finally {
      Atomics.add(counter, 0, 1);
    }
  };
}

function countedThread<Input, Output>(
  thread: DiskThread<Input, Output>,
  counter: Int32Array,
): DiskThread<Input, Output> {
  let closed: Promise<void> | undefined;
  Atomics.add(counter, 2, 1);
  return {
    run: (input) => thread.run(input),
    close: () => (closed ??= thread.close().then(() => void Atomics.sub(counter, 2, 1))),
  };
}

/** A longer gap between measurements means that the watcher was stopped: it does not count. */
const longestGapMs = 750;

/** Watches a stamp from another thread. */
export class DiskCallWatch {
  readonly #counter: Int32Array;
  #seen = 0;
  #seenAtMs = 0;
  #checkedAtMs = 0;

  constructor(stamp: SharedArrayBuffer) {
    this.#counter = new Int32Array(stamp);
  }

  get isInCall(): boolean {
    return Atomics.load(this.#counter, 0) % 2 !== 0;
  }

  get isSyncing(): boolean {
    return Atomics.load(this.#counter, 1) > 0;
  }

  /** Whether a disk thread still runs, which the file-worker cannot outlive. */
  get hasThread(): boolean {
    return Atomics.load(this.#counter, 2) > 0;
  }

  /**
   * The result is exact to the interval of the calls: at least two a second.
   *
   * @param nowMs The caller's monotonic clock.
   * @returns Observed milliseconds of the current disk call, or 0.
   */
  measureCallMs(nowMs: number): number {
    const counter = Atomics.load(this.#counter, 0);
    const gapMs = nowMs - this.#checkedAtMs;
    this.#checkedAtMs = nowMs;
    if (counter !== this.#seen || counter % 2 === 0) {
      this.#seen = counter;
      this.#seenAtMs = nowMs;
    } else if (gapMs > longestGapMs) {
      this.#seenAtMs += gapMs;
    }
    return nowMs - this.#seenAtMs;
  }
}
