// One download through the library: `library-run TORRENT FOLDER SEEDER_PORT`. `main.ts` joins it as the package `troupe` is.

import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

const [torrentPath = "", directory = "", seederPort = ""] = process.argv.slice(2);

await using coordinator = await Coordinator.start({ ...quiet, directory, port: 0 });
const torrent = await coordinator.add(torrentPath, {
  useTrackers: false,
  peers: [{ host: "127.0.0.1", port: Number(seederPort) }],
});
await torrent.completed;
