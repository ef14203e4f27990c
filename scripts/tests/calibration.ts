// A fixed piece of work, timed now and then: seconds divided by it compare between machines and hours.

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** Processor seconds of the work on a calm machine of two cores. */
const usualSeconds = 0.2;
/** Parts of the work: between two of them the event loop has its turn. */
const parts = 10;
const roundsOfPart = 15_000;
/** The work is not done again before. */
const pauseMs = 30_000;
/** Beside other processes single measurements vary by a half. */
const mostMeasurements = 10;

const measurements: number[] = [];
let lastAtMs = -Infinity;

/** How much slower than usual the machine is: 1 on a calm one, 2 where the work takes twice as long. 1 until it is measured. */
export function slowness(): number {
  if (performance.now() - lastAtMs > pauseMs) {
    lastAtMs = performance.now();
    void measure();
  }
  if (measurements.length === 0) return 1;
  return measurements.reduce((sum, value) => sum + value, 0) / measurements.length;
}

async function measure(): Promise<void> {
  let seconds = 0;
  for (let part = 0; part < parts; part++) {
    const before = process.cpuUsage();
    let text = "";
    for (let round = 0; round < roundsOfPart; round++)
      text = createHash("sha1").update(`${text}${round}`).digest("hex");
    const { user, system } = process.cpuUsage(before);
    seconds += (user + system) / 1e6;
    // oxlint-disable-next-line no-await-in-loop
    await setImmediate();
  }
  measurements.push(seconds / usualSeconds);
  if (measurements.length > mostMeasurements) measurements.shift();
}
