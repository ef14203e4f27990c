// `pnpm bench:service-kills [SECONDS]`: downloads of an engine whose HTTP thread is ended each second, or hung each five seconds,
// beside those of an engine whose HTTP thread is left alone: four runs of each, of 30 s, in turns. Prints the speeds, how long
// nothing listened, the connections of the seeder that were lost, and the gaps of a stream of events that no `reset` named.

import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { freePort } from "../../test/support/programs/free-port.ts";
import { startProgram } from "../../test/support/programs/program.ts";
import { contentBytes, seedContent } from "../service/downloads.ts";
import { median, spread, table } from "../support/statistics.ts";
import { WatchedStream } from "./watched-stream.ts";

const seconds = Number(process.argv[2] ?? 30);
const runs = 4;
const plans = ["none", "kills", "hangs"] as const;

interface Figures {
  readonly megabytesASecond: number[];
  readonly downMs: number[];
  lostPeers: number;
  streams: number;
  silentGaps: number;
}

interface Report {
  readonly copies: number;
  readonly downloadSeconds: number;
  readonly downMs: readonly number[];
}

const all = new Map<string, Figures>(
  plans.map((plan) => [
    plan,
    { megabytesASecond: [], downMs: [], lostPeers: 0, streams: 0, silentGaps: 0 },
  ]),
);
for (let run = 0; run < runs; run++)
  for (const [plan, figures] of all) await measure(plan, figures);
const base = median(all.get("none")?.megabytesASecond ?? []);
const heads = ["HTTP thread", "MB/s", "of the first", "times down", "median s", "worst s"];
const rows = [...all].map(
  ([plan, { megabytesASecond, downMs, lostPeers, streams, silentGaps }]) => [
    ...[plan, spread(megabytesASecond, 0), (median(megabytesASecond) / base).toFixed(3)],
    ...[String(downMs.length), secondsOf(median(downMs)), secondsOf(Math.max(...downMs))],
    ...[lostPeers, streams, silentGaps].map(String),
  ],
);
console.log(table([[...heads, "peers lost", "streams", "silent gaps"], ...rows]));

async function measure(plan: string, figures: Figures): Promise<void> {
  await using content = await seedContent();
  using folder = temporaryFolder("bench-service-kills");
  const port = await freePort("127.0.0.1");
  const words = [folder.path, content.torrent, String(port), plan, String(seconds)];
  await using program = await startProgram(new URL("served-run.ts", import.meta.url), words);
  await program.lineWhere("its port", (line) => line === "listening" || undefined);
  const stream = new WatchedStream(port);
  const line = await program.lineWhere("its report", (text) =>
    text.startsWith("{") ? text : undefined,
  );
  stream.end();
  await program.stop(10_000, "SIGINT");
  const { copies, downloadSeconds, downMs } = JSON.parse(line) as Report;
  figures.megabytesASecond.push((copies * contentBytes) / 1e6 / downloadSeconds);
  figures.downMs.push(...downMs);
  figures.lostPeers += (await content.stopSeeder()) - copies;
  figures.streams += stream.opened;
  figures.silentGaps += stream.silentGaps;
}

function secondsOf(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1_000).toFixed(2) : "";
}
