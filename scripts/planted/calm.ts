// Waits until the machine is calm: tests with threads and sockets fail by the clock where those wait long for a core.

import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const sampleMs = 2_000;
const samples = 5;

/** @param mostRunning The most threads of other programs that use a core or wait for one, on the average of ten seconds. */
export async function waitForCalm(mostRunning: number): Promise<void> {
  if (mostRunning === Infinity) return;
  for (;;) {
    let running = 0;
    for (let taken = 0; taken < samples; taken += 1) {
      // oxlint-disable-next-line no-await-in-loop
      await setTimeout(sampleMs);
      running += runningThreads();
    }
    if (running / samples <= mostRunning) return;
  }
}

/** Without the thread that asks. */
function runningThreads(): number {
  const [, running = "1"] = /(\d+)\/\d+/.exec(readFileSync("/proc/loadavg", "utf8")) ?? [];
  return Number(running) - 1;
}
