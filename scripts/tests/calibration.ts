// A fixed piece of work, timed at most once a minute: seconds divided by it compare between machines and hours.

import { createHash } from "node:crypto";

/** Processor seconds of the work on a calm machine of two cores. */
const usualSeconds = 0.2;

/** A measurement holds for so long. */
const lastsMs = 60_000;

let last = { atMs: -Infinity, slowness: 1 };

/** How much slower than usual the machine is now: 1 on a calm one, 2 where the work takes twice as long. */
export function slowness(): number {
  if (performance.now() - last.atMs > lastsMs) {
    last = { slowness: measure(), atMs: performance.now() };
  }
  return last.slowness;
}

function measure(): number {
  const before = process.cpuUsage();
  let text = "";
  for (let round = 0; round < 150_000; round++) {
    text = createHash("sha1").update(`${text}${round}`).digest("hex");
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / usualSeconds;
}
