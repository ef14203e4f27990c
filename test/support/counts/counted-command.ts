// The command as users start it, with the counts of each of its threads.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startProcess, type RunningProcess } from "../programs/process.ts";
import { temporaryFolder, type TemporaryFolder } from "../files/temporary-folder.ts";
import { found } from "../time/until.ts";
import type { ThreadCounts } from "./thread-hook.ts";

const command = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));
const hook = new URL("thread-hook.ts", import.meta.url);

/** Threads of every engine with a running torrent. */
export const engineThreads = ["main", "engine", "peer-0", "file-0"] as const;

/** Words in the line of a thread that is replaced for this reason. */
const replacedWords = "gave no sign of life";

/** Kinds of counts; objects slow a thread down a hundredfold. */
export type Counted =
  | "messages"
  | "promises"
  | "objects"
  | "scripts"
  | "heap"
  | "memory"
  | "lateness";

/** A count has no end: the machine had no time for its thread, which was replaced. */
export class CountCutShort extends Error {}

/** A running `troupe` that can count. */
export class CountedCommand implements AsyncDisposable {
  readonly process: RunningProcess;
  readonly #folder: TemporaryFolder;
  readonly #threads: readonly string[];

  private constructor(
    process: RunningProcess,
    folder: TemporaryFolder,
    threads: readonly string[],
  ) {
    this.process = process;
    this.#folder = folder;
    this.#threads = threads;
  }

  /**
   * @param words What the user types after `troupe`; with `--json`, so that `lines` can be read.
   * @param threads Threads that run when the counting begins and ends.
   * @param program Default: the command.
   */
  static async start(
    words: readonly string[],
    what: readonly Counted[],
    threads: readonly string[] = engineThreads,
    environment: Readonly<Record<string, string>> = {},
    program: string = command,
  ): Promise<CountedCommand> {
    const folder = temporaryFolder("thread-counts");
    const url = new URL(hook);
    url.searchParams.set("to", folder.path);
    url.searchParams.set("what", what.join(","));
    const nodeWords = ["--disable-warning=ExperimentalWarning", "--import", url.href];
    // In the first runs of a script each thread holds the code that it will keep.
    const uncached = what.includes("heap") || what.includes("memory");
    const cacheWords = uncached ? ["env", "NODE_DISABLE_COMPILE_CACHE=1"] : [];
    const line = [...cacheWords, process.execPath, ...nodeWords, program, ...words];
    return new CountedCommand(await startProcess(line, { environment }), folder, threads);
  }

  /** Settles when each thread counts. @throws rejects with `CountCutShort`. */
  async begin(): Promise<void> {
    process.kill(this.process.pid, "SIGUSR2");
    for (const thread of this.#threads) await this.#file(`${thread}.began`);
  }

  /** Ends the counting. @returns The counts of each thread. @throws rejects with `CountCutShort`. */
  async end(): Promise<readonly ThreadCounts[]> {
    process.kill(this.process.pid, "SIGUSR2");
    const counts: ThreadCounts[] = [];
    for (const thread of this.#threads) {
      const path = await this.#file(`${thread}.json`);
      counts.push(JSON.parse(readFileSync(path, "utf8")) as ThreadCounts);
    }
    return counts;
  }

  /**
   * The first line for which `match` returns something.
   *
   * @throws rejects with `CountCutShort` when a thread is replaced before it, and as `RunningProcess` does.
   */
  async lineWhere<T>(what: string, match: (line: string) => T | undefined): Promise<T> {
    const found = await this.process.lineWhere<{ readonly line: string } | { readonly is: T }>(
      what,
      (line) => {
        const is = match(line);
        if (is !== undefined) return { is };
        return line.includes(replacedWords) ? { line } : undefined;
      },
    );
    if ("line" in found) throw new CountCutShort(`no ${what}: ${found.line}`);
    return found.is;
  }

  /** @returns The result of `wait`. @throws rejects as `lineWhere` does without a line. */
  async during<T>(what: string, wait: Promise<T>): Promise<T> {
    return await Promise.race([wait, this.lineWhere<never>(what, () => undefined)]);
  }

  async #file(name: string): Promise<string> {
    const path = join(this.#folder.path, name);
    return await found(`the file ${name} of a thread that counts`, () => {
      if (existsSync(path)) return path;
      const replaced = this.process.lines.find((line) => line.includes(replacedWords));
      if (replaced !== undefined) throw new CountCutShort(`no ${name}: ${replaced}`);
      if (!this.process.hasExited) return undefined;
      throw new Error(`no ${name}. The last lines:\n${this.process.tail()}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    this.#folder.remove();
  }
}
