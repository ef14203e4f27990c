// The crowd, in a process of its own:
//
//   crowd-run.ts PORT TORRENT FOLDER CONNECTIONS BYTES_PER_SECOND AGAIN_MS STORM_MS
//
// Prints `LISTENING port …` for the peers that wait to be dialled, then its figures as JSON once a second.

import { readFileSync } from "node:fs";
import { nodePorts } from "@troupe/actor-runtime";
import {
  openHostilePeers,
  openPeerTorrent,
  type PeerCounter,
  type PeerState,
} from "@troupe/load-peers";

/** The counts of the crowd so far. */
export interface CrowdFigures {
  readonly connectionsMade: number;
  readonly openNow: number;
  readonly openAtMost: number;
  readonly sentBytes: number;
  readonly heardBytes: number;
}

const [port = "", torrent = "", folder = "", ...rest] = process.argv.slice(2);
const [connections = 0, bytesPerSecond = 0, retryAfterMs = 0, stormAfterMs = 0] = rest.map(Number);
const ports = nodePorts();
const counts = new Map<PeerCounter, number>();
const states = new Map<PeerState, number>();
const listening: number[] = [];
let openAtMost = 0;

const group = openHostilePeers({
  ports,
  target: { host: "127.0.0.1", port: Number(port) },
  torrent: openPeerTorrent(ports.disk, readFileSync(torrent), { kind: "folder", path: folder }),
  behaviours: [],
  bytesPerSecond,
  retryAfterMs,
  stormAfterMs,
  mayDial: () => true,
  listening: (_, address) => void listening.push(address.port),
  recorder: {
    sample() {},
    account() {},
    acted() {},
    count: (counter, by = 1) => void counts.set(counter, (counts.get(counter) ?? 0) + by),
    moved(from, to) {
      if (from !== undefined) states.set(from, (states.get(from) ?? 0) - 1);
      states.set(to, (states.get(to) ?? 0) + 1);
      openAtMost = Math.max(openAtMost, states.get("open") ?? 0);
    },
  },
});
for (let peer = 0; peer < connections; peer++) {
  const localHost = `127.${10 + (peer >> 14)}.${(peer >> 7) & 127}.${1 + (peer & 127)}`;
  group.arrive({
    peer,
    visit: 0,
    seed: peer,
    stayMs: Infinity,
    localHost,
    stay: { kind: "end" },
  });
}
await new Promise((resolve) => setTimeout(resolve, 1_000));
console.log(`LISTENING ${listening.join(" ")}`);
setInterval(() => console.log(JSON.stringify(figures())), 1_000);

function figures(): CrowdFigures {
  return {
    connectionsMade: (counts.get("opened") ?? 0) + (counts.get("refused") ?? 0),
    openNow: states.get("open") ?? 0,
    openAtMost,
    sentBytes: counts.get("bytes_up") ?? 0,
    heardBytes: counts.get("bytes_down") ?? 0,
  };
}
