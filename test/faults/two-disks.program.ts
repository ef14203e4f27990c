// One engine with several torrents, in a process of its own so that calls of one disk can be made to hang. It says what
// happens to them as lines of JSON and does what lines of stdin ask for.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Torrent, TroupeError } from "@troupe/coordinator";
import { startEngine } from "../support/swarm/start-engine.ts";

/** One torrent of the program. */
export interface ProgramTorrent {
  readonly name: string;
  /** Path of the .torrent. */
  readonly torrent: string;
  readonly directory: string;
  readonly peers: readonly string[];
  readonly start: boolean;
}

/** The commands of the program, one a line. */
export type ProgramOrder =
  | { readonly order: "start" | "stop" | "check"; readonly name: string }
  | { readonly order: "move"; readonly name: string; readonly to: string };

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const [list = "[]", stateDirectory = ""] = process.argv.slice(2);
const coordinator = await startEngine({
  host: "threads",
  port: 0,
  bind: ["127.0.0.1"],
  peerWorkers: 1,
  hashThreads: 1,
  ...(stateDirectory !== "" && { stateDirectory }),
});
const torrents = new Map<string, Torrent>();
for (const { name, torrent: path, directory, peers, start } of JSON.parse(
  list,
) as ProgramTorrent[]) {
  const torrent = await coordinator.add(readFileSync(path), {
    directory,
    start: false,
    useTrackers: false,
    peers: peers.map((peer) => {
      const [host = "", port = ""] = peer.split(":");
      return { host, port: Number(port) };
    }),
  });
  torrents.set(name, torrent);
  for (const event of ["error", "warning"] as const) {
    torrent.on(event, ({ code, message }) => say({ name, event, code, message }));
  }
  torrent.on("state", ({ state }) => say({ name, event: "state", state }));
  torrent.on("complete", () => say({ name, event: "complete" }));
  torrent.on("progress", ({ haveBytes }) => say({ name, event: "progress", haveBytes }));
  if (start) torrent.start();
}
say({ event: "ready", port: coordinator.port });

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as ProgramOrder;
  const torrent = torrents.get(order.name);
  if (torrent === undefined) continue;
  act(torrent, order).then(
    () => say({ name: order.name, event: "done", order: order.order }),
    ({ code, message }: TroupeError) => say({ name: order.name, event: "failed", code, message }),
  );
}

async function act(torrent: Torrent, order: ProgramOrder): Promise<void> {
  if (order.order === "start") torrent.start();
  else if (order.order === "stop") await torrent.stop();
  else if (order.order === "check") await torrent.hashcheck();
  else if (order.order === "move") await torrent.move(order.to);
}
