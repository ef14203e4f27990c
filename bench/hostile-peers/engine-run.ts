// One download through the library, in a process of its own:
//
//   engine-run.ts TORRENT FOLDER SEEDER_PORT MAX_PEERS FIRST_TORRENT FIRST_SEEDER_PORT
//
// Downloads the first torrent, prints `FIRST port`, seeds it until a line comes, and removes it. Then prints `READY port`,
// `COMPLETE` when everything is there, and goes on seeding. Ports that come on its standard input are those of further
// peers; `delays WORD` is answered with those of its threads, `end` with its report as JSON.

import { createInterface } from "node:readline";
import type { ActorStatus } from "@troupe/actor-runtime";
import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

/** Event-loop delay of each thread, in milliseconds since its start. */
export type Delays = Readonly<
  Record<string, { readonly p99: number; readonly p999: number; readonly max: number }>
>;

/** The last line of a run, as JSON. */
export interface EngineReport {
  /** Workers that ended without being asked to. */
  readonly crashes: number;
  /** Peers that went, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly wastedBytes: number;
}

const [torrentPath = "", directory = "", seederPort = "", maxPeers = "", ...first] =
  process.argv.slice(2);
const [firstTorrentPath = "", firstSeederPort = ""] = first;

await using coordinator = await Coordinator.start({
  ...quiet,
  directory,
  port: 0,
  bind: ["127.0.0.1"],
  maxPeers: Number(maxPeers),
  // Lists of the misbehaving peers would lead to machines of the real network.
  peerExchange: false,
});
let crashes = 0;
coordinator.on("worker", ({ state }) => {
  if (state === "restarting") crashes++;
});
const firstTorrent = await coordinator.add(firstTorrentPath, {
  useTrackers: false,
  peers: [{ host: "127.0.0.1", port: Number(firstSeederPort) }],
});
await firstTorrent.completed;
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
console.log(`FIRST ${coordinator.port}`);
await lines.next();
await firstTorrent.remove();
const torrent = await coordinator.add(torrentPath, {
  useTrackers: false,
  peers: [{ host: "127.0.0.1", port: Number(seederPort) }],
});
const reasons: Record<string, number> = {};
torrent.on("peer", ({ connected, reason = "none" }) => {
  if (!connected) reasons[reason] = (reasons[reason] ?? 0) + 1;
});
console.log(`READY ${coordinator.port}`);
void torrent.completed.then(() => console.log("COMPLETE"));
for await (const line of { [Symbol.asyncIterator]: () => lines }) {
  if (line === "end") break;
  const [, part] = /^delays (.*)$/.exec(line) ?? [];
  if (part !== undefined) console.log(`DELAYS ${part} ${JSON.stringify(await delaysNow())}`);
  else torrent.addPeer({ host: "127.0.0.1", port: Number(line) });
}
const { wastedBytes } = torrent.progress;
const report: EngineReport = { crashes, reasons, wastedBytes };
console.log(JSON.stringify(report));
// An open pipe would keep this process.
process.stdin.destroy();

/** Delays of the threads in the tree, by name. */
async function delaysNow(): Promise<Delays> {
  const inTree = (actor: ActorStatus): ActorStatus[] => [
    actor,
    ...(actor.children ?? []).flatMap(inTree),
  ];
  const actors = inTree(await coordinator.actors());
  return Object.fromEntries(
    actors.flatMap(({ name, loopDelayMs }) =>
      loopDelayMs === undefined ? [] : [[name, loopDelayMs]],
    ),
  );
}
