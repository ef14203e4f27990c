// One program that restores a state folder: `node restore-run.ts FOLDER`. Prints what it took as JSON.

import { join } from "node:path";
import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

const folder = process.argv[2] ?? "";
const started = performance.now();
await using coordinator = await Coordinator.start({
  ...quiet,
  stateDirectory: join(folder, "state"),
  port: 0,
  bind: ["127.0.0.1"],
});
const ready = performance.now();
const cpuBefore = process.cpuUsage();
const { torrents, failed } = await coordinator.restore();
const listed = performance.now();
const checks = await Promise.all(torrents.map(({ checked }) => checked));
const done = performance.now();
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    torrents: torrents.length,
    lost: failed.length + checks.filter(({ failed: bad }) => bad > 0).length,
    pieces: torrents.reduce((sum, { pieceCount }) => sum + pieceCount, 0),
    startMs: ready - started,
    listMs: listed - ready,
    restoreMs: done - ready,
    cpuMs: (user + system) / 1_000,
  }),
);
