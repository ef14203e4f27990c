import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Makes a FIFO. */
export async function makeFifo(path: string): Promise<void> {
  await makeByCommand(["mkfifo"], path);
}

/**
 * Makes a file by a command that takes its path. A thread waits for the command, and the event loop goes on: a busy
 * machine takes seconds to start a process.
 */
export async function makeByCommand(words: readonly string[], path: string): Promise<void> {
  const thread = new Worker(program, { eval: true, execArgv: [], workerData: [...words, path] });
  const [code] = await once(thread, "exit");
  if (code !== 0)
    throw new Error(`cannot make ${path}: the thread of ${words[0]} ended with ${code}`);
}

const program = `
const [command, ...words] = require("node:worker_threads").workerData;
require("node:child_process").execFileSync(command, words);
`;
