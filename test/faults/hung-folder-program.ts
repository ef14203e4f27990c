// Adds torrents in a folder whose disk does not answer, and one in another folder:
// node hung-folder-program.ts TORRENT HUNG-FOLDER GOOD-FOLDER OTHER-TORRENT…

import { startEngine } from "../support/swarm/start-engine.ts";

const [torrent = "", hung = "", good = "", ...others] = process.argv.slice(2);
const coordinator = await startEngine({
  host: "threads",
  port: 0,
  bind: ["127.0.0.1"],
  directory: good,
});
const options = { directory: hung, useTrackers: false };
const late = others.map(async (source) => {
  const code = await coordinator.add(source, options).then(
    () => "started",
    (error: { code: string }) => error.code,
  );
  console.log(`hung: ${code}`);
});
const started = await coordinator.add(torrent, { useTrackers: false });
await new Promise<void>((done) => {
  const look = (): void => {
    if (started.state === "active") done();
  };
  started.on("state", look);
  look();
});
console.log("good: active");
await Promise.all(late);
const closed = await coordinator.close().then(
  () => "closed",
  (error: { code: string; details: object }) => `${error.code} ${JSON.stringify(error.details)}`,
);
console.log(`close: ${closed}`);
