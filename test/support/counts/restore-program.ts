// One program that restores a state folder when it may: `node restore-program.ts FOLDER`. The file FOLDER/go lets it begin.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEngine } from "../swarm/start-engine.ts";

const folder = process.argv[2] ?? "";
await using coordinator = await startEngine({
  host: "threads",
  stateDirectory: join(folder, "state"),
  port: 0,
  bind: ["127.0.0.1"],
  peerWorkers: 1,
});
console.log(JSON.stringify({ event: "ready" }));
while (!existsSync(join(folder, "go"))) await delay(10);
const { torrents, failed } = await coordinator.restore();
const checks = await Promise.all(torrents.map(({ checked }) => checked));
const bad = failed.length + checks.filter((check) => check.failed > 0).length;
console.log(JSON.stringify({ event: "restored", torrents: torrents.length, failed: bad }));
// The parent ends the program.
await new Promise((resolve) => {
  setTimeout(resolve, 120_000);
});
