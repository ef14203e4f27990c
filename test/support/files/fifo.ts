// FIFOs, which a program must not wait for.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes FIFOs. The event loop goes on meanwhile. */
export async function makeFifos(...paths: readonly string[]): Promise<void> {
  await run("mkfifo", [...paths]);
}
