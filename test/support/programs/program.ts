// Small programs that tests run as processes of their own.

import { startProcess, type Exit, type RunningProcess } from "./process.ts";

/** Starts a module with the Node that runs this. */
export async function startProgram(module: URL, words: readonly string[]): Promise<RunningProcess> {
  return await startProcess([process.execPath, module.pathname, ...words]);
}

/** Waits for a program to end by itself. @returns how; it is ended after `patienceMs`, which shows as a signal. */
export async function endsByItself(program: RunningProcess, patienceMs = 30_000): Promise<Exit> {
  const patience = setTimeout(() => program.killSession(), patienceMs);
  try {
    return await program.exited;
  } finally {
    clearTimeout(patience);
  }
}
