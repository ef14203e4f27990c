// Imported into the threads of a load test by NODE_OPTIONS: the thread of a generator is busy for 300 ms of each second.

import { threadName } from "node:worker_threads";

const busyMs = 300;
const everyMs = 1_000;

if (threadName?.startsWith("generator-") === true) {
  setInterval(() => {
    const endMs = performance.now() + busyMs;
    while (performance.now() < endMs);
  }, everyMs).unref();
}
