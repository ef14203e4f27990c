import { type Clock, PatientRef, type Ref, type Timers } from "@troupe/actor-runtime";
import type { CheckPool } from "@troupe/hash-worker";
import type { FileProtocol } from "@troupe/messages";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";
import { SamplingQueue } from "../../torrent/checks/sampling-queue.ts";
import { DiskWatch } from "../disk/disk-watch.ts";
import { PendingWrites } from "../disk/pending-writes.ts";

/** A quarter of what a check pool takes before it refuses; further torrents wait here. */
const checksAtOnce = 256;

/** The services of a handle. */
interface DiskHandleServices {
  readonly ref: Ref<FileProtocol>;
  /** The file-worker starts with the engine. */
  readonly isWanted: boolean;
  readonly openCheckPool: () => CheckPool;
  /** The most torrents whose found files are hashed at once. */
  readonly maxChecks: number | undefined;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
}

/** A file-worker, and everything that is kept per device. The handle outlives the incarnations. */
export class DiskHandle {
  readonly index: number;
  readonly name: string;
  readonly ref: Ref<FileProtocol>;
  /** Each torrent may have a call under way. */
  readonly calls: PatientRef<FileProtocol>;
  readonly pendingWrites: PendingWrites;
  readonly watch: DiskWatch = new DiskWatch();
  readonly sampling: SamplingQueue = new SamplingQueue();
  /** Torrents that are being checked, or wait in the pool. */
  readonly checkLimit: ConcurrencyLimit = new ConcurrencyLimit(checksAtOnce);
  /** Torrents whose found files are being hashed. */
  readonly startCheckLimit: ConcurrencyLimit;
  /** `st_dev`; none while the handle is free. */
  readonly devices = new Set<bigint>();
  /** The module of a store, whose thread this is. It has no device. */
  store: string | undefined;
  /** The file-worker must run. */
  isWanted: boolean;
  /** Monotonic. */
  usedAtMs: number;
  crashes = 0;
  readonly #openCheckPool: () => CheckPool;
  #checkPool: CheckPool | undefined;

  constructor(
    index: number,
    { ref, isWanted, openCheckPool, maxChecks = checksAtOnce, time }: DiskHandleServices,
  ) {
    this.index = index;
    this.name = `file-${index}`;
    this.ref = ref;
    this.isWanted = isWanted;
    this.usedAtMs = time.clock.nowMs();
    this.calls = new PatientRef(ref, time);
    this.pendingWrites = new PendingWrites(ref, time.timers);
    this.startCheckLimit = new ConcurrencyLimit(maxChecks);
    this.#openCheckPool = openCheckPool;
  }

  /** Opened at its first use. */
  get checkPool(): CheckPool {
    this.#checkPool ??= this.#openCheckPool();
    return this.#checkPool;
  }

  get openedCheckPool(): CheckPool | undefined {
    return this.#checkPool;
  }

  /** A file-worker with a thread in a disk call would not end, and its successor would not start. */
  get isBusy(): boolean {
    const { calls, pendingWrites, watch } = this;
    const isInCall = watch.isInCall || watch.isSyncing || watch.hasThread;
    return pendingWrites.size > 0 || calls.callsOut > 0 || isInCall;
  }
}
