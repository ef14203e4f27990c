// `pnpm bench:dht`: queries for peers that a DHT node answers in a second of CPU time: ours, npm's bittorrent-dht,
// libtorrent's, and a bare socket of Node that sends answers of the same length.
//
//   --answers N   answers of each run (200,000)
//   --runs N      runs of each (3)
//
// No server has a limit of queries or bytes. Each knows the same eight nodes, and names them in each answer;
// bittorrent-dht also names those that ask.

import { parseArgs } from "node:util";
import { median, spread, table } from "../support/statistics.ts";
import { runServer, serverPath, type Server, type ServerRun } from "./run.ts";

const { values } = parseArgs({
  options: {
    answers: { type: "string", default: "200000" },
    runs: { type: "string", default: "3" },
  },
});
const node = process.execPath;
const troupe: Server = { name: "Troupe", command: [node, serverPath("troupe.ts")] };
const others: readonly Server[] = [
  { name: "bittorrent-dht", command: [node, serverPath("bittorrent_dht.mjs")] },
  { name: "libtorrent", command: ["/usr/bin/python3", serverPath("libtorrent_node.py")] },
];

const runs = new Map<string, ServerRun[]>();
for (let run = 0; run < Number(values.runs); run++) {
  const { answerBytes } = await measure(troupe);
  await measure({ name: "bare socket", command: [node, serverPath("echo.ts")], answerBytes });
  for (const server of others) await measure(server);
}

const head = ["server", "answers a CPU second", "of the bare socket", "answers a second", "bytes"];
console.log(table([head, ...[...runs].map(([name, all]) => row(name, all))]));

async function measure(server: Server): Promise<ServerRun> {
  const run = await runServer(server, Number(values.answers));
  runs.set(server.name, [...(runs.get(server.name) ?? []), run]);
  return run;
}

function row(name: string, all: readonly ServerRun[]): string[] {
  const rate = (run: ServerRun): number => run.answersPerCpuSecond;
  const bare = runs.get("bare socket") ?? [];
  return [
    name,
    spread(all.map(rate), 0),
    (median(all.map(rate)) / median(bare.map(rate))).toFixed(2),
    spread(
      all.map(({ answersPerSecond }) => answersPerSecond),
      0,
    ),
    median(all.map(({ answerBytes }) => answerBytes)).toFixed(0),
  ];
}
