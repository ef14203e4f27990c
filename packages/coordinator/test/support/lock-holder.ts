// Another process that takes the lock of a job.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("lock-program.ts", import.meta.url));

/** A process that holds a lock, or was refused it. */
export class LockHolder implements AsyncDisposable {
  /** `held`, or the code of the refusal. */
  readonly outcome: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess, outcome: string, exited: Promise<unknown>) {
    this.#child = child;
    this.outcome = outcome;
    this.#exited = exited;
  }

  /** @param within Command and options that the program is run by: `["unshare", "-n"]`. */
  static async start(
    key: string,
    directory: string,
    within: readonly string[] = [],
  ): Promise<LockHolder> {
    const line = [...within, process.execPath, program, key, directory];
    const [file = "", ...rest] = line;
    const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    for await (const outcome of createInterface({ input: child.stdout })) {
      return new LockHolder(child, outcome, exited);
    }
    throw new Error(`${line.join(" ")} ended without a word`);
  }

  /** Kills the holder, as a user or a system out of memory does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Releases the lock and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await this.#exited;
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && signalCode !== "SIGKILL") throw new Error(`it exited with ${exitCode}`);
  }
}
