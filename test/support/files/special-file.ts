import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes a FIFO. */
export async function makeFifo(path: string): Promise<void> {
  await makeByCommand(["mkfifo"], path);
}

/** Makes a file by a command that takes its path. The event loop goes on: a busy machine takes seconds to start a process. */
export async function makeByCommand(
  [command = "", ...words]: readonly string[],
  path: string,
): Promise<void> {
  await run(command, [...words, path]);
}
