// The time that the engine's thread takes to read its metrics, beside a structured clone of them: `node read-cost.ts TORRENTS`.

import { readMetrics } from "../../packages/coordinator/src/engine/metrics/read-metrics.ts";
import { makeScene } from "../../packages/coordinator/test/support/engine-scene.ts";

const rounds = 1_000;
const { engine, addJob } = makeScene();
for (let torrent = 0; torrent < Number(process.argv[2] ?? 1_000); torrent++)
  addJob({ pieces: 256 });
// Torrents without peers are idle.
engine.awake.clear();
const readMs: number[] = [];
const cloneMs: number[] = [];
for (let round = 0; round < rounds; round++) {
  const begunMs = performance.now();
  const metrics = readMetrics(engine);
  readMs.push(performance.now() - begunMs);
  const clonedMs = performance.now();
  structuredClone(metrics);
  cloneMs.push(performance.now() - clonedMs);
}
console.log(JSON.stringify({ readMs, cloneMs }));
process.exit();
