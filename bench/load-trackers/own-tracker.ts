// `node own-tracker.ts`: our tracker on a port that the system picks, as a process of its own.

import { startTracker } from "@troupe/tracker";

const tracker = await startTracker({ host: "127.0.0.1", maxPeersPerTorrent: 20_000 });
console.log(tracker.port);
