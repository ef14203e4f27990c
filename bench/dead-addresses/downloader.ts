// The download that is measured, in a process of its own: `downloader.ts TORRENT FOLDER`. Says `started`, and at the
// first piece how many seconds that took.

import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

const [torrentPath = "", directory = ""] = process.argv.slice(2);
await using coordinator = await Coordinator.start({ ...quiet, directory, port: 0 });
const startMs = performance.now();
const torrent = await coordinator.add(torrentPath, { start: false });
torrent.once("piece", () => {
  console.log(`first-piece ${(performance.now() - startMs) / 1_000}`);
});
torrent.start();
await torrent.completed;
