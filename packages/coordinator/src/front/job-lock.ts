// One job (torrent and data folder) runs once on a machine, whatever programs there are: two of them would write the
// same files. No file is left behind, also not by a process that is killed.

import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { TroupeError } from "../troupe-error.ts";

/** Keeps others from running the same job while it is held. */
export interface JobLock {
  readonly isHeld: boolean;
  /** Idempotent. @throws rejects with TroupeError `already-running`. */
  take(): Promise<void>;
  /** Idempotent. */
  release(): Promise<void>;
}

/** What names a job. */
export interface Job {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Absolute; need not exist yet. */
  readonly directory: string;
}

/**
 * The lock of one job: a listening socket with a name but without a file (unix(7), "abstract"), which the kernel takes
 * away with the process. Only Linux has such sockets: elsewhere, and where the system forbids them, nothing is locked.
 * The name holds among processes of one user in one network namespace.
 */
export function jobLock(job: Job, platform: string = process.platform): JobLock {
  return platform === "linux" ? new SocketLock(job) : freeLock();
}

/** A lock that is always held and keeps nobody away. */
export function freeLock(): JobLock {
  return { isHeld: true, take: () => Promise.resolve(), release: () => Promise.resolve() };
}

class SocketLock implements JobLock {
  readonly #job: Job;
  #server: Server | undefined;
  #isHeld = false;
  /** What was asked for last: takes and releases go one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(job: Job) {
    this.#job = job;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  take(): Promise<void> {
    return this.#after(() => this.#take());
  }

  release(): Promise<void> {
    return this.#after(() => this.#release());
  }

  #after(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #take(): Promise<void> {
    if (this.#isHeld) return;
    const { infoHash, directory } = this.#job;
    const folder = await realFolder(directory);
    try {
      this.#server = await listen(nameOf(infoHash, folder));
    } catch (error) {
      if ((error as { code?: unknown }).code === "EADDRINUSE") {
        throw new TroupeError(
          "already-running",
          `cannot start ${infoHash} in "${folder}": it is running there already`,
          { details: { infoHash, directory: folder }, cause: error },
        );
      }
      // Forbidden by the system: then it is as on one that has no such sockets.
    }
    this.#isHeld = true;
  }

  async #release(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#isHeld = false;
    if (server === undefined) return;
    await new Promise<void>((done) => {
      server.close(() => done());
    });
  }
}

/** Others of the same name differ by user: one user cannot keep another's jobs from running. */
function nameOf(infoHash: string, folder: string): string {
  const user = process.getuid?.() ?? "";
  const digest = createHash("sha256").update(`${user}\n${infoHash}\n${folder}`).digest("hex");
  return `\0troupe-${digest.slice(0, 40)}`;
}

function listen(path: string): Promise<Server> {
  return new Promise((done, failed) => {
    const server = createServer((socket) => socket.destroy());
    // Being held is no reason for the process to go on.
    server.unref();
    server.once("error", failed);
    server.listen({ path }, () => done(server));
  });
}

/** The folder without links; of one that does not exist yet, its nearest parent that does, and the rest as written. */
export async function realFolder(directory: string): Promise<string> {
  const folder = resolve(directory);
  try {
    return await realpath(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(await realFolder(parent), basename(folder));
  }
}
