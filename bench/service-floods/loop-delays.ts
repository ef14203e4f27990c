// Loaded into a program by `--import`: appends the longest delay of each thread's event loop, each second, to the file that
// the variable LOOP_DELAYS names. A line is the thread's name, the time of the day, and the delay, in milliseconds.

import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { threadName } from "node:worker_threads";

const path = process.env["LOOP_DELAYS"];
if (path !== undefined) {
  const resolution = 5;
  const delays = monitorEventLoopDelay({ resolution });
  delays.enable();
  const append = (): void => {
    const lateMs = Math.max(0, delays.max / 1e6 - resolution);
    appendFileSync(path, `${threadName || "main"} ${Date.now()} ${lateMs.toFixed(1)}\n`);
    delays.reset();
  };
  setInterval(append, 1_000).unref();
}
