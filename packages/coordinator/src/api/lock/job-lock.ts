// The lock of a job (torrent and data folder), which two processes must not run at once: a file in the folder (lock-files.ts),
// and a socket of this machine for folders where no file can be made. Both end with the process.

import { createServer, type Server, type Socket } from "node:net";
import { codeOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { sha1 } from "@troupe/protocol/bytes";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { AddTorrent } from "@troupe/messages";
import { isKept } from "../../kept-torrents.ts";
import type { LockedJob } from "./lock-files.ts";
import type { LockKeepers } from "./lock-keepers.ts";

/** The folder as a thread saw it; empty without a look. */
interface SeenFolder {
  readonly device?: string;
}

/** Keeps a job from running elsewhere. */
export interface JobLock {
  readonly isHeld: boolean;
  /** The folder was missing, or had to stay empty: `renew` takes the file. */
  readonly isProvisional: boolean;
  /** Without links once the lock was taken. */
  readonly folder: string;
  /** Known for 1 s after the lock was taken. */
  readonly seen: SeenFolder;
  /** Idempotent. @throws rejects with TroupeError `already-running`, or `disk-not-answering` after 5 s. */
  take(): Promise<void>;
  /**
   * Takes a held lock again if its file is gone.
   *
   * @throws rejects with TroupeError `already-running`: the lock is released.
   */
  renew(): Promise<void>;
  /** Idempotent. */
  release(): Promise<void>;
}

/**
 * @param makesFolder Default: for a new download. The volume of a restored torrent may not be mounted.
 */
export function lockFor(
  key: TorrentKey,
  { mode, directory, hasRunBefore = false }: AddTorrent,
  keepers: LockKeepers,
  makesFolder = mode === "download" && !hasRunBefore,
): JobLock {
  if (!isKept(mode)) return freeLock(directory);
  return jobLock({ key, directory, makesFolder }, keepers);
}

/** The lock of a job. */
export function jobLock(
  job: LockedJob,
  keepers: LockKeepers,
  platform: string = process.platform,
  nowMs: () => number = () => performance.now(),
): JobLock {
  return new FolderLock(job, keepers, platform === "linux", nowMs);
}

/** The lock of a torrent that only reads. */
export function freeLock(folder: string): JobLock {
  const done = (): Promise<void> => Promise.resolve();
  const held = { isHeld: true, isProvisional: false, folder, seen: nothingSeen };
  return { ...held, take: done, renew: done, release: done };
}

const nothingSeen: SeenFolder = {};
const idle: Promise<void> = Promise.resolve();
/** Later another volume may be mounted there. */
const freshMs = 1_000;

class FolderLock implements JobLock {
  readonly #job: LockedJob;
  readonly #keepers: LockKeepers;
  /** Sockets without a file, which end with the process: Linux alone (unix(7), "abstract"). */
  readonly #hasSockets: boolean;
  readonly #nowMs: () => number;
  #server: Server | undefined;
  #state: "free" | "provisional" | "held" = "free";
  #folder: string;
  #seen = nothingSeen;
  #seenAtMs = 0;
  /** The last request: takes and releases run in order. */
  #queue = idle;

  constructor(job: LockedJob, keepers: LockKeepers, hasSockets: boolean, nowMs: () => number) {
    this.#job = job;
    this.#folder = job.directory;
    this.#keepers = keepers;
    this.#hasSockets = hasSockets;
    this.#nowMs = nowMs;
  }

  get isHeld(): boolean {
    return this.#state !== "free";
  }

  get isProvisional(): boolean {
    return this.#state === "provisional";
  }

  get folder(): string {
    return this.#folder;
  }

  get seen(): SeenFolder {
    return this.#nowMs() - this.#seenAtMs < freshMs ? this.#seen : nothingSeen;
  }

  take(): Promise<void> {
    return this.#after(() => this.#take());
  }

  renew(): Promise<void> {
    return this.#after(() => this.#renew());
  }

  release(): Promise<void> {
    return this.#after(() => this.#release());
  }

  #after(task: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #take(): Promise<void> {
    if (this.isHeld) return;
    const { folder, outcome, device } = await this.#keepers.take(this.#job);
    if (outcome === "running") throw this.#alreadyRunning(folder);
    try {
      if (this.#hasSockets) await this.#listen(folder);
    } catch (error) {
      await this.#keepers.release(this.#job);
      throw error;
    }
    this.#folder = folder;
    this.#state = outcome === "no-folder" ? "provisional" : "held";
    this.#seen = device === undefined ? nothingSeen : { device: String(device) };
    this.#seenAtMs = this.#nowMs();
  }

  async #renew(): Promise<void> {
    if (!this.isHeld) return;
    const outcome = await this.#keepers.renew(this.#job);
    if (outcome === "running") {
      await this.#release();
      throw this.#alreadyRunning(this.#job.directory);
    }
    if (outcome === "held") this.#state = "held";
  }

  async #release(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#state = "free";
    await this.#keepers.release(this.#job);
    if (server !== undefined) await new Promise((done) => server.close(done));
  }

  /** @throws TroupeError `already-running` */
  async #listen(folder: string): Promise<void> {
    try {
      this.#server = await listen(nameOf(this.#job.key, folder));
    } catch (error) {
      if (codeOf(error) === "EADDRINUSE") throw this.#alreadyRunning(folder, error);
      // The system forbids such sockets: the file has to do.
    }
  }

  #alreadyRunning(directory: string, cause?: unknown): TroupeError {
    const { key: infoHash } = this.#job;
    const message = `cannot start ${infoHash} in "${directory}": it is running there already`;
    return new TroupeError("already-running", message, { details: { infoHash, directory }, cause });
  }
}

/** With the user: no user can block the jobs of another. */
function nameOf(key: TorrentKey, folder: string): string {
  const user = process.getuid?.() ?? "";
  const digest = sha1(Buffer.from(`${user}\n${key}\n${folder}`));
  return `\0troupe-${Buffer.from(digest).toString("hex")}`;
}

const destroySocket = (socket: Socket): void => void socket.destroy();
const ignoreError = (): void => undefined;

function listen(path: string): Promise<Server> {
  return new Promise((done, failed) => {
    const server = createServer(destroySocket);
    // The lock must not keep the process running.
    server.unref();
    server.once("error", failed);
    server.listen({ path }, () => {
      // The listener would stay as long as the lock. Later errors concern connections alone, which the lock does not use.
      server.off("error", failed);
      server.on("error", ignoreError);
      done(server);
    });
  });
}
