// Brings back the torrents of a state folder, in a process of its own so that calls of one folder can be made to hang:
// node restore-program.ts STATE-FOLDER

import { startEngine } from "../support/swarm/start-engine.ts";

const [stateDirectory = ""] = process.argv.slice(2);
const coordinator = await startEngine({
  host: "threads",
  port: 0,
  bind: ["127.0.0.1"],
  stateDirectory,
});
const { torrents, failed } = await coordinator.restore();
console.log(`restored: ${torrents.length}, failed: ${failed.length}`);
let active = 0;
for (const torrent of torrents) {
  torrent.on("error", ({ code }) => console.log(`error: ${code}`));
  torrent.on("state", ({ state }) => {
    if (state !== "active") return;
    active += 1;
    console.log(`active: ${torrent.size}`);
    if (active === torrents.length) void coordinator.close();
  });
}
