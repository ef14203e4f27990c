// `pnpm test:dht-packets [PACKETS [SEED]]`: a node under ten million packets, and the CPU time of each. The system counts the CPU
// time of a thread in ticks of milliseconds, so the clock is read instead, and a packet during which the system switched
// threads is not measured.

import { floodNode } from "./support/packet-flood.ts";

const [packets = "10000000", seed = "1"] = process.argv.slice(2);
const mostMicroseconds = 1_000;

/** By microseconds; the last has all that took longer. */
const counts = new Uint32Array(100_001);
let measured = 0;

const outcome = await floodNode({ seed, packets: Number(packets), run: measure });
const p9999 = percentile(0.9999);
const shares = [0.5, 0.99, 0.999, 0.9999, 1].map(
  (share) => `p${100 * share} ${percentile(share)} µs`,
);
console.log(`${packets} packets, ${outcome.receivedBytes} bytes in, ${outcome.sentBytes} out`);
console.log(`CPU of each of ${measured} packets: ${shares.join(", ")}`);
console.log(`${outcome.answered} of ${outcome.asked} honest questions answered`);
for (const failure of outcome.failures) console.log(failure);
const isAnswered = outcome.failures.length === 0 && outcome.answered === outcome.asked;
process.exitCode = isAnswered && p9999 <= mostMicroseconds ? 0 : 1;

function measure(handle: () => void): void {
  const switchesBefore = threadSwitches();
  const startedMs = performance.now();
  handle();
  const tookMicroseconds = Math.round((performance.now() - startedMs) * 1_000);
  if (threadSwitches() !== switchesBefore) return;
  measured += 1;
  const at = Math.min(tookMicroseconds, counts.length - 1);
  counts[at] = (counts[at] ?? 0) + 1;
}

/** Switches of all threads of the process: those of the collector switch often. */
function threadSwitches(): number {
  const { voluntaryContextSwitches, involuntaryContextSwitches } = process.resourceUsage();
  return voluntaryContextSwitches + involuntaryContextSwitches;
}

function percentile(share: number): number {
  let left = measured * share;
  for (const [microseconds, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return microseconds;
  }
  return Infinity;
}
