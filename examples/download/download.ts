// Downloads a torrent and prints its progress:
//
//   node examples/download/download.ts job.torrent downloads

import { Coordinator } from "troupe";

const [source, directory = "."] = process.argv.slice(2);
if (source === undefined) throw new Error("usage: download.ts TORRENT [FOLDER]");

// The engine runs on threads of its own, and is closed when this scope ends, also by an error.
await using coordinator = await Coordinator.start({ directory });
const torrent = await coordinator.add(source);

torrent.on("progress", ({ haveBytes, wantedBytes, downBytesPerSecond, peers }) => {
  const percent = ((100 * haveBytes) / wantedBytes).toFixed(1);
  console.log(`${percent} %, ${downBytesPerSecond} bytes/s from ${peers} peers`);
});

await torrent.completed;
console.log(`${torrent.name} is complete in ${directory}`);
