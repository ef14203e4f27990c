// An engine with the torrents of a state folder: `node engine-run.ts FOLDER`. The program writes `{"added": N}`, and answers the
// line `cost` with the times of `metrics()` and of a structured clone of the result. From the line `ask` on it calls
// `metrics()` once a second. It ends with its input.

import { createInterface } from "node:readline";
import { join } from "node:path";
import { startEngine } from "../../test/support/swarm/start-engine.ts";

const calls = 300;
const folder = process.argv[2] ?? "";
const say = (line: object): void => console.log(JSON.stringify(line));

await using coordinator = await startEngine({
  host: "threads",
  stateDirectory: join(folder, "state"),
  port: 0,
  bind: ["127.0.0.1"],
});
const { torrents } = await coordinator.restore();
await Promise.all(torrents.map(({ completed }) => completed));
say({ added: torrents.length });
let asking: ReturnType<typeof setInterval> | undefined;
for await (const line of createInterface(process.stdin)) {
  if (line === "cost") say(await cost());
  else asking = setInterval(() => void coordinator.metrics(), 1_000);
}
clearInterval(asking);

/** Calls and clones take turns. */
async function cost(): Promise<object> {
  const readMs: number[] = [];
  const cloneMs: number[] = [];
  for (let call = 0; call < calls; call++) {
    const begunMs = performance.now();
    // oxlint-disable-next-line no-await-in-loop
    const metrics = await coordinator.metrics();
    readMs.push(performance.now() - begunMs);
    const clonedMs = performance.now();
    structuredClone(metrics);
    cloneMs.push(performance.now() - clonedMs);
  }
  return { readMs, cloneMs };
}
