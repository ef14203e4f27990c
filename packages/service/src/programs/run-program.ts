// Programs of the user: players, and those that hear of torrents.

import type { ChildProcess } from "node:child_process";

/** How a program is run. */
export interface ProgramOptions {
  /** Ends the program when it is aborted. */
  readonly signal?: AbortSignal;
  /** Environment variables of the program, and no others. Default: those of this process. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /**
   * The program has a process group of its own, so that a signal of the terminal does not reach it; `signal` ends the whole
   * group at once. Default false: `signal` asks the program to end. On Windows the same.
   */
  readonly hasGroup?: boolean;
}

/** The end of a program: an exit code, or the signal that ended it. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/**
 * Runs a program, never through a shell, until it ends. Its output is dropped, because it would disturb a display or a log.
 *
 * @throws rejects with a system error when it cannot be started.
 */
export async function runProgram(
  program: string,
  words: readonly string[],
  { signal, variables, hasGroup = false }: ProgramOptions,
): Promise<ProgramEnd> {
  // Loaded at its use; a joined script cannot import by itself.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(program, words, {
    stdio: "ignore",
    detached: hasGroup && process.platform !== "win32",
    ...(variables !== undefined && { env: variables }),
  });
  const end = (): void => (hasGroup ? endGroup(child) : void child.kill());
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await endOf(child);
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

/** Also ends the processes that the program has started, but for those that left its group. */
function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (process.platform === "win32") return void child.kill("SIGKILL");
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group has ended.
  }
}
