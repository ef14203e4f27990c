// `pnpm bench:service`: lists of many torrents, asked by ten pollers, beside Debian's Transmission and qBittorrent.
//
//   --torrents N   stopped torrents of each program (1,000)
//   --rounds N     rounds (6); in each round every program is polled for ten seconds, in turns
//   --stopped W    `data` or `both`: the file systems of the data folders, and of the state folders, answer no call (none)
//   --downloading  each program downloads meanwhile as fast as it can; ours also while another one of ours is polled.
//                  Runs in a network of its own, because Transmission 3.00 dials no address of 127.0.0.0/8
//
// Each poller asks once a second. The requests are those of transmission-remote, Sonarr and Flood, and of qBittorrent's
// page with and without what it knows. Prints the latency and the processor time of a call, the speed of the downloads, and
// at the end how many values of our lists differ from those that the engine tells.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, percentile, table } from "../support/statistics.ts";
import { bringUpLoopback, runInOwnNetwork } from "../support/own-network.ts";
import { readUse } from "../support/process-use.ts";
import { Downloads, seedContent } from "./downloads.ts";
import type { Polled } from "./polled.ts";
import { pollFor, type PolledCall } from "./pollers.ts";
import { startPrograms, type ProgramName, type StoppedFolders } from "./programs.ts";
import { requestsOf } from "./requests.ts";
import { differingValues } from "./values.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    rounds: { type: "string", default: "6" },
    stopped: { type: "string", default: "none" },
    downloading: { type: "boolean", default: false },
    inside: { type: "boolean", default: false },
  },
});
const roundSeconds = 10;
const seederHost = "203.0.113.7";

/** A program that is polled, and the program that downloads meanwhile. */
interface Turn {
  readonly title: string;
  readonly polled: Polled;
  readonly downloads: Polled | undefined;
  readonly calls: PolledCall[];
  readonly cpuMsACall: number[];
  readonly bytesASecond: number[];
}

const stopped = (["none", "data", "both"] as const).find((each) => each === values.stopped);
if (stopped === undefined) throw new Error("--stopped is none, data or both");
if (values.downloading && stopped !== "none") throw new Error("a stopped disk takes no download");
const names: readonly ProgramName[] = values.downloading
  ? ["troupe", "idle troupe", "transmission", "qbittorrent"]
  : ["troupe", "transmission", "qbittorrent"];
if (values.downloading && !values.inside) runInOwnNetwork(fileURLToPath(import.meta.url));
else await measure(names, stopped);

async function measure(names: readonly ProgramName[], stopped: StoppedFolders): Promise<void> {
  if (values.inside) await bringUpLoopback([`${seederHost}/32`]);
  await using content = values.downloading ? await seedContent(seederHost) : undefined;
  const downloads = content && new Downloads(content);
  await using programs = await startPrograms(names, Number(values.torrents), stopped);
  const turns = turnsOf(programs.list);
  // The code of every program is warm.
  for (const polled of programs.list) for (const { ask } of requestsOf(polled, 0)) await ask();
  for (let round = 0; round < Number(values.rounds); round++)
    for (const turn of turns) await take(turn, downloads);
  console.log(latencyTable(turns));
  console.log(totalTable(turns));
  for (const { title, calls } of turns) {
    const unanswered = calls.filter(({ isAnswered }) => !isAnswered).length;
    if (unanswered > 0) console.log(`${title}: ${unanswered} calls without an answer`);
  }
  const [ours] = programs.list;
  if (ours !== undefined) console.log(await differingValues(ours));
}

function turnsOf(list: readonly Polled[]): readonly Turn[] {
  const [troupe] = list;
  return list.map((polled) => {
    const { name } = polled;
    const isOther = name === "idle troupe";
    return {
      title: isOther ? "troupe, another one polled" : name,
      ...{ polled, downloads: isOther ? troupe : polled },
      ...{ calls: [], cpuMsACall: [], bytesASecond: [] },
    };
  });
}

async function take(turn: Turn, downloads: Downloads | undefined): Promise<void> {
  const { polled, bytesASecond, calls, cpuMsACall } = turn;
  let isOver = false;
  const downloading = turn.downloads && downloads?.run(turn.downloads, () => isOver);
  const before = readUse(polled.pid).cpuSeconds;
  const made = await pollFor(polled, roundSeconds);
  const used = readUse(polled.pid).cpuSeconds - before;
  isOver = true;
  calls.push(...made);
  cpuMsACall.push((used * 1_000) / made.length);
  if (downloading === undefined) return;
  const speed = await downloading;
  bytesASecond.push(speed);
  console.log(`${turn.title}: ${(speed / 1e6).toFixed(0)} MB/s`);
}

function latencyTable(turns: readonly Turn[]): string {
  const rows = turns.flatMap(({ title, calls }) =>
    [...Map.groupBy(calls, ({ kind }) => kind)].map(([kind, ofKind]) => {
      const times = ofKind.map(({ tookMs }) => tookMs);
      const figures = [median(times), percentile(times, 0.99)].map((ms) => ms.toFixed(1));
      return [title, kind, String(times.length), ...figures];
    }),
  );
  return table([["program", "request", "calls", "p50 ms", "p99 ms"], ...rows]);
}

/** The processor time of a call has that of the download in it. */
function totalTable(turns: readonly Turn[]): string {
  const rows = turns.map(({ title, calls, cpuMsACall, bytesASecond }) => {
    const times = calls.map(({ tookMs }) => tookMs);
    const all = [title, median(cpuMsACall).toFixed(2), percentile(times, 0.99).toFixed(1)];
    return [...all, bytesASecond.length === 0 ? "" : (median(bytesASecond) / 1e6).toFixed(0)];
  });
  return table([["program", "CPU ms a call", "p99 ms of all", "download MB/s"], ...rows]);
}
