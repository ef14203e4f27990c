// `pnpm test:stress FILES`: files twenty times, beside two busy loops a core.

import { spawn, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { printFailure } from "./progress.ts";
import { runFiles } from "./run-files.ts";

const rounds = 20;
const loopsOfCore = 2;

/** Runs files. @returns Whether each run passed. */
export async function runStress(files: readonly string[]): Promise<boolean> {
  using _ = busyLoops();
  let failed = 0;
  for (let round = 1; round <= rounds; round++) {
    const { failures, passed } = await runFiles(files, { isStrict: true, isAlone: true });
    for (const failure of failures) printFailure(failure);
    if (failures.length > 0) failed++;
    console.log(`round ${round} of ${rounds}: ${passed} passed, ${failures.length} failed`);
  }
  console.log(`${rounds - failed} rounds passed, ${failed} failed`);
  return failed === 0;
}

/** Processes that use all processor time they get, until they are disposed of. */
export function busyLoops(): Disposable {
  const loops = Array.from({ length: availableParallelism() * loopsOfCore }, (): ChildProcess =>
    spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
  );
  return { [Symbol.dispose]: () => loops.forEach((loop) => loop.kill("SIGKILL")) };
}
