import { dirname } from "node:path";
import type { FolderLook, Folders } from "../../ports/folders.ts";
import { ActorError } from "../../failure.ts";
import { siblingUrl } from "../../sibling-url.ts";
import { lookBytes, lookResult, type LookOrder } from "./look-at-folders.ts";
import { OneShotThreads, type OneShotTask } from "../threads/one-shot-threads.ts";

/** Milliseconds for a folder. */
export const probeTimeoutMs = 2_000;
/** Simultaneous threads. */
export const probeThreads = 4;
/** Folders that a thread looks at in one go; the others wait. */
const foldersAThread = 64;
/** Maximum of abandoned threads. */
export const mostStuck = 16;
/** Maximum of abandoned threads below one folder, which is probably one disk. */
export const mostStuckInFolder = 4;
/** Extra threads for folders that answered before: other hung disks are no reason to refuse them. */
const mostStuckAnswered = 8;
/** Folders remembered as answering; drops the oldest. */
const mostAnswered = 10_000;

interface Look {
  readonly folder: string;
  readonly promise: Promise<FolderLook>;
  readonly resolve: (look: FolderLook) => void;
  readonly reject: (error: unknown) => void;
}

/** Runs a task in a thread: {@link OneShotThreads}, or a test's. */
export type ProbeRunner = Pick<OneShotThreads, "run" | "abandoned">;

/** Looks run in threads that are abandoned when late: a hung disk delays no other look. */
export class FolderProbe implements Folders {
  readonly #newRunner: () => ProbeRunner;
  readonly #probes = new Map<string, Look>();
  #waiting: Look[] = [];
  #threads = 0;
  /** Oldest first. */
  readonly #answered = new Set<string>();
  /** Folders with an abandoned, running thread. */
  readonly #stuck = new Set<string>();

  constructor(newRunner: () => ProbeRunner = () => new OneShotThreads()) {
    this.#newRunner = newRunner;
  }

  get stuck(): readonly string[] {
    return [...this.#stuck];
  }

  look(folder: string): Promise<FolderLook> {
    const known = this.#probes.get(folder);
    if (known !== undefined) return known.promise;
    if (this.#isHopeless(folder)) return Promise.reject(notAnswering(folder));
    const look: Look = { folder, ...Promise.withResolvers<FolderLook>() };
    this.#probes.set(folder, look);
    this.#waiting.push(look);
    // Folders of one turn share a thread.
    queueMicrotask(() => this.#startThreads());
    return look.promise;
  }

  #isHopeless(folder: string): boolean {
    if (this.#stuck.has(folder)) return true;
    if (this.#answered.has(folder)) return this.#stuck.size >= mostStuck + mostStuckAnswered;
    if (this.#stuck.size >= mostStuck) return true;
    const parent = dirname(folder);
    return this.stuck.filter((other) => dirname(other) === parent).length >= mostStuckInFolder;
  }

  #startThreads(): void {
    while (this.#waiting.length > 0 && this.#threads < probeThreads) {
      const free = probeThreads - this.#threads;
      const count = Math.min(foldersAThread, Math.ceil(this.#waiting.length / free));
      this.#threads++;
      void this.#runThread(this.#waiting.splice(0, count));
    }
  }

  async #runThread(looks: readonly Look[]): Promise<void> {
    const folders = looks.map(({ folder }) => folder);
    const memory = new SharedArrayBuffer(lookBytes(folders.length));
    const runner = this.#newRunner();
    let failure: unknown;
    try {
      await runner.run(taskOf({ folders, memory }));
    } catch (error) {
      failure = error;
    }
    this.#threads--;
    const { count, devices } = lookResult(memory);
    const seen = Atomics.load(count, 0);
    for (const [index, look] of looks.slice(0, seen).entries()) {
      this.#probes.delete(look.folder);
      this.#noteAnswer(look.folder);
      look.resolve({ device: devices[index] ?? 0n });
    }
    const [failed, ...left] = looks.slice(seen);
    if (failed !== undefined) this.#failed(failed, runner, failure);
    this.#waiting.unshift(...left);
    this.#startThreads();
  }

  #noteAnswer(folder: string): void {
    this.#answered.delete(folder);
    this.#answered.add(folder);
    const [oldest] = this.#answered;
    if (this.#answered.size > mostAnswered && oldest !== undefined) this.#answered.delete(oldest);
  }

  #failed({ folder, reject }: Look, { abandoned }: ProbeRunner, error: unknown): void {
    this.#probes.delete(folder);
    const [thread] = abandoned;
    if (thread === undefined) return reject(error);
    this.#stuck.add(folder);
    this.#answered.delete(folder);
    void thread.ended.then(() => this.#stuck.delete(folder));
    reject(notAnswering(folder));
    for (const look of this.#waiting.filter((other) => this.#isHopeless(other.folder))) {
      this.#probes.delete(look.folder);
      look.reject(notAnswering(look.folder));
    }
    this.#waiting = this.#waiting.filter((look) => this.#probes.has(look.folder));
  }
}

function taskOf(input: LookOrder): OneShotTask {
  const operation = "look at a folder";
  return {
    operation,
    module: siblingUrl(import.meta.url, "./look-at-folders"),
    run: "lookAtFolders",
    input,
    deadlineMs: probeTimeoutMs,
    late: { code: "disk-not-answering", message: `cannot ${operation}: the disk does not answer` },
  };
}

function notAnswering(folder: string): ActorError {
  return new ActorError("disk-not-answering", {
    operation: "look",
    message: `cannot look at "${folder}": the disk has not answered within ${probeTimeoutMs / 1_000} s`,
    details: { folder },
  });
}
