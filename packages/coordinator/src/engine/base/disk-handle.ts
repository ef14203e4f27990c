// The place of one file-worker in the engine: the devices that it serves, and everything that goes by the device. Its
// ref outlives its incarnations.

import { type Clock, PatientRef, type Ref, type Timers } from "@troupe/actor-runtime";
import type { CheckPool } from "@troupe/hash-worker";
import type { FileProtocol } from "@troupe/messages";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";
import { SamplingQueue } from "../../torrent/checks/sampling-queue.ts";
import { DiskWatch } from "../disk/disk-watch.ts";
import { PendingWrites } from "../disk/pending-writes.ts";

/** A quarter of what a check pool takes before it refuses; the others wait here. */
const checksAtOnce = 256;

/** What a handle is made of. */
export interface DiskHandleServices {
  readonly ref: Ref<FileProtocol>;
  /** Its file-worker starts with the engine. */
  readonly isWanted: boolean;
  readonly openCheckPool: () => CheckPool;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
}

/** One file-worker, whichever incarnation of it is there, or none while nobody needs it. */
export class DiskHandle {
  readonly index: number;
  readonly name: string;
  readonly ref: Ref<FileProtocol>;
  /** For every call to it: there may be one for each torrent at once. */
  readonly calls: PatientRef<FileProtocol>;
  readonly pendingWrites: PendingWrites;
  readonly watch: DiskWatch = new DiskWatch();
  readonly sampling: SamplingQueue = new SamplingQueue();
  /** Torrents that are being checked or wait in the pool for it. */
  readonly checkLimit: ConcurrencyLimit = new ConcurrencyLimit(checksAtOnce);
  /** `st_dev` of the devices that it serves; none while it is free. */
  readonly devices = new Set<bigint>();
  /** Its file-worker is to run. */
  isWanted: boolean;
  /** Monotonic time at which something was last asked of it. */
  usedAtMs: number;
  /** Incarnations that ended without being asked to. */
  crashes = 0;
  readonly #openCheckPool: () => CheckPool;
  #checkPool: CheckPool | undefined;

  constructor(index: number, { ref, isWanted, openCheckPool, time }: DiskHandleServices) {
    this.index = index;
    this.name = `file-${index}`;
    this.ref = ref;
    this.isWanted = isWanted;
    this.usedAtMs = time.clock.nowMs();
    this.calls = new PatientRef(ref, time);
    this.pendingWrites = new PendingWrites(ref);
    this.#openCheckPool = openCheckPool;
  }

  /** Checks what lies on these devices. Opened when something is to be checked. */
  get checkPool(): CheckPool {
    this.#checkPool ??= this.#openCheckPool();
    return this.#checkPool;
  }

  /** The check pool if it has been opened. */
  get openedCheckPool(): CheckPool | undefined {
    return this.#checkPool;
  }

  /**
   * Something waits for its file-worker, or for its disk. A file-worker with a thread in a disk call of another device
   * would not end, and no successor would start.
   */
  get isBusy(): boolean {
    const { calls, pendingWrites, watch } = this;
    const isInCall = watch.isInCall || watch.isSyncing || watch.hasThread;
    return pendingWrites.size > 0 || calls.callsOut > 0 || isInCall;
  }
}
