// Another process that takes the locks of jobs.

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundledFiles } from "../../../../scripts/tests/bundled-threads.ts";

const source = fileURLToPath(new URL("lock-program.ts", import.meta.url));
const keeper =
  bundledFiles()["lock-keeper.worker"] ??
  new URL("../../src/api/lock/lock-keeper.worker.ts", import.meta.url);

/** The program of lock holders, joined into a file: its 260 modules take five times the CPU time of the file. */
export class LockProgram implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<LockProgram> {
    const program = new LockProgram(await mkdtemp(join(tmpdir(), "lock-program-")));
    // Other users run it.
    await chmod(program.#folder, 0o755);
    await build({
      entryPoints: [source],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program.#file,
      // Libraries that are CommonJS call `require`.
      banner: {
        js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);',
      },
    });
    await chmod(program.#file, 0o644);
    return program;
  }

  get #file(): string {
    return join(this.#folder, "lock-program.mjs");
  }

  /**
   * Starts a process that takes locks in `directory`.
   *
   * @param within Command and options that the program is run by: `["unshare", "-n"]`.
   */
  holder(directory: string, within: readonly string[] = []): LockHolder {
    return new LockHolder([...within, process.execPath, this.#file, keeper.href, directory]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A process that takes locks and holds them until its end. */
export class LockHolder implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #exited: Promise<unknown>;

  /** @param line Command, options and arguments. */
  constructor([file = "", ...words]: readonly string[]) {
    this.#child = spawn(file, words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#exited = once(this.#child, "exit");
  }

  /** Takes the lock of a torrent. @returns `held`, or the code of the refusal. */
  async take(key: string): Promise<string> {
    this.#child.stdin.write(`${key}\n`);
    const { done, value } = await this.#answers.next();
    if (done === true) throw new Error(`${this.#child.spawnargs.join(" ")} ended without a word`);
    return value;
  }

  /** Kills the holder, as a user or a system out of memory does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Releases the locks and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end();
    await this.#exited;
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && signalCode !== "SIGKILL") throw new Error(`it exited with ${exitCode}`);
  }
}
