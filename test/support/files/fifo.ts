// FIFOs, which a program must not wait for.

import { runProcess } from "../programs/process.ts";

/** Makes FIFOs by `mkfifo`: Node has no call for it. */
export async function makeFifos(...paths: readonly string[]): Promise<void> {
  await runProcess(["mkfifo", ...paths]);
}
