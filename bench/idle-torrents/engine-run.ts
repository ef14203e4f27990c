// An engine that restores the torrents of a state folder when a line comes: `node engine-run.ts FOLDER`.

import { once } from "node:events";
import { join } from "node:path";
import { startEngine } from "../../test/support/swarm/start-engine.ts";

const folder = process.argv[2] ?? "";
await using coordinator = await startEngine({
  host: "threads",
  stateDirectory: join(folder, "state"),
  port: 0,
  bind: ["127.0.0.1"],
});
console.log("ready");
await once(process.stdin, "data");
const { torrents } = await coordinator.restore();
await Promise.all(torrents.map(({ completed }) => completed));
console.log(`added ${torrents.length}`);
await once(process.stdin, "end");
