// Small programs that tests run as processes of their own.

import { waiting } from "../time/until.ts";
import { startProcess, type Exit, type RunningProcess } from "./process.ts";

/** Starts a module with the Node that runs this. */
export async function startProgram(module: URL, words: readonly string[]): Promise<RunningProcess> {
  return await startProcess([process.execPath, module.pathname, ...words]);
}

/** Waits for a program to end by itself. @returns how. */
export async function endsByItself(program: RunningProcess): Promise<Exit> {
  return await waiting(`the end of the program ${program.pid}`, () => program.exited);
}
