// One program that restores a state folder: `node restore-program.ts FOLDER`. A line of its standard input lets it begin; it
// runs until that input ends.

import { once } from "node:events";
import { join } from "node:path";
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
await once(process.stdin, "data");
const { torrents, failed } = await coordinator.restore();
const checks = await Promise.all(torrents.map(({ checked }) => checked));
const bad = failed.length + checks.filter((check) => check.failed > 0).length;
console.log(JSON.stringify({ event: "restored", torrents: torrents.length, failed: bad }));
await once(process.stdin, "end");
