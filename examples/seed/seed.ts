// Seeds the files in a folder until Ctrl-C, and prints connecting and disconnecting peers:
//
//   node examples/seed/seed.ts job.torrent downloads

import { Coordinator } from "troupe";

const [source, directory = "."] = process.argv.slice(2);
if (source === undefined) throw new Error("usage: seed.ts TORRENT [FOLDER]");

const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

await using coordinator = await Coordinator.start({ directory });
// `seedOnly` never writes: incomplete data is the error `incomplete`.
const torrent = await coordinator.add(source, { seedOnly: true });
console.log(`seeding ${torrent.name} on port ${coordinator.port}`);

for await (const event of torrent.events({ signal: stop.signal })) {
  if (event.event === "error") throw new Error(event.message);
  if (event.event === "peer")
    console.log(event.address, event.connected ? "connected" : "disconnected");
}
