// The lock of a job whose torrent has several hashes: another program may run the job under any of them.
//
// Two programs may each hold the lock of one hash, and learn the hash of the other. The program with the smaller key waits
// until it has the lock of the larger key, too. The other program gives up at once.

import { codeOf, pause, type Timers } from "@troupe/actor-runtime";
import type { TorrentInfo } from "@troupe/messages";
import { keysOf, type TorrentKey } from "@troupe/protocol/identity";
import type { JobLock } from "./job-lock.ts";

/** Tries are made for 5 s: a program that gives up has released its lock by then. */
const patientTries = 21;
const patientPauseMs = 250;

/** The keys by which other programs may run a torrent, its own first. */
export function lockKeys({
  key,
  infoHashes,
}: Pick<TorrentInfo, "infoHashes" | "key">): readonly TorrentKey[] {
  return [...new Set([key, ...keysOf(infoHashes)])];
}

/** @param locks At least one; the first one tells the folder. */
export function jointLock(locks: readonly [JobLock, ...JobLock[]]): JobLock {
  return locks.length === 1 ? locks[0] : new JointLock(locks);
}

/**
 * A held lock, and that of a hash which the torrent has learned. Its first `take` waits up to 5 s for the added lock if the
 * key of the held one is the smaller.
 */
export function widenedLock(
  held: KeyedLock,
  added: readonly KeyedLock[],
  timers: Pick<Timers, "after">,
): JobLock {
  const patient = added.map(({ key, lock }) =>
    held.key < key ? new PatientLock(lock, timers) : lock,
  );
  return jointLock([held.lock, ...patient]);
}

/** The lock of a key. */
interface KeyedLock {
  readonly key: TorrentKey;
  readonly lock: JobLock;
}

/** A lock that another program may be about to release: the first `take` waits for it. */
class PatientLock implements JobLock {
  readonly #lock: JobLock;
  readonly #timers: Pick<Timers, "after">;
  #triesLeft = patientTries;

  constructor(lock: JobLock, timers: Pick<Timers, "after">) {
    this.#lock = lock;
    this.#timers = timers;
  }

  get isHeld(): boolean {
    return this.#lock.isHeld;
  }

  get isProvisional(): boolean {
    return this.#lock.isProvisional;
  }

  get folder(): string {
    return this.#lock.folder;
  }

  get seen(): JobLock["seen"] {
    return this.#lock.seen;
  }

  async take(): Promise<void> {
    for (;;) {
      try {
        await this.#lock.take();
        this.#triesLeft = 1;
        return;
      } catch (error) {
        if (codeOf(error) !== "already-running" || this.#triesLeft === 1) throw error;
        this.#triesLeft--;
        await pause(this.#timers, patientPauseMs);
      }
    }
  }

  renew(): Promise<void> {
    return this.#lock.renew();
  }

  release(): Promise<void> {
    return this.#lock.release();
  }
}

class JointLock implements JobLock {
  readonly #locks: readonly [JobLock, ...JobLock[]];
  /** The last request: takes and releases run in order. */
  #queue: Promise<void> = Promise.resolve();

  constructor(locks: readonly [JobLock, ...JobLock[]]) {
    this.#locks = locks;
  }

  get isHeld(): boolean {
    return this.#locks.every(({ isHeld }) => isHeld);
  }

  get isProvisional(): boolean {
    return this.#locks.some(({ isProvisional }) => isProvisional);
  }

  get folder(): string {
    return this.#locks[0].folder;
  }

  get seen(): JobLock["seen"] {
    return this.#locks[0].seen;
  }

  take(): Promise<void> {
    return this.#after((lock) => lock.take());
  }

  renew(): Promise<void> {
    return this.#after((lock) => lock.renew());
  }

  release(): Promise<void> {
    return this.#after((lock) => lock.release());
  }

  /** After a refusal no lock is held. */
  #after(act: (lock: JobLock) => Promise<void>): Promise<void> {
    const done = this.#queue.then(async () => {
      try {
        for (const lock of this.#locks) await act(lock);
      } catch (error) {
        await Promise.all(this.#locks.map((lock) => lock.release()));
        throw error;
      }
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
