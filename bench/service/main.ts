// `pnpm bench:service`: lists of many torrents, asked by ten pollers, beside Debian's Transmission and qBittorrent.
//
//   --torrents N  stopped torrents of each program (1,000)
//   --rounds N    rounds (6); in each round every program is polled for ten seconds, in turns
//   --stopped W   `data` or `both`: the file systems of the data folders, and of the state folders, answer no call (none)
//
// Each poller asks once a second. The requests are those of transmission-remote, Sonarr and Flood, and of qBittorrent's
// page with and without what it knows. Prints the latency and the processor time of a call.

import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { median, table } from "../support/statistics.ts";
import { readUse } from "../support/process-use.ts";
import { startPrograms, type Polled } from "./programs.ts";
import { requestsOf, type RequestKind } from "./requests.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    rounds: { type: "string", default: "6" },
    stopped: { type: "string", default: "none" },
  },
});
const pollers = 10;
const roundSeconds = 10;
/** A call without an answer after this time counts as lost. */
const longestMs = 10_000;
const unanswered = new Map<string, number>();

interface Figures {
  readonly latencies: Map<RequestKind, number[]>;
  readonly cpuMsACall: number[];
}

const stopped = (["none", "data", "both"] as const).find((each) => each === values.stopped);
if (stopped === undefined) throw new Error("--stopped is none, data or both");
await using programs = await startPrograms(Number(values.torrents), stopped);
const all = new Map(
  programs.list.map((program) => [
    program,
    { latencies: new Map<RequestKind, number[]>(), cpuMsACall: [] } satisfies Figures,
  ]),
);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [program, figures] of all) await pollFor(program, figures);
}
console.log(latencyTable());
console.log(cpuTable());
for (const [name, count] of unanswered)
  console.log(`${name} left ${count} calls without an answer for ${longestMs / 1_000} s`);

async function pollFor(program: Polled, figures: Figures): Promise<void> {
  const before = readUse(program.pid).cpuSeconds;
  let calls = 0;
  const poller = async (index: number): Promise<void> => {
    const requests = requestsOf(program, index);
    await sleep((index * 1_000) / pollers);
    for (let second = 0; second < roundSeconds; second++) {
      const begun = performance.now();
      const request = requests[second % requests.length];
      if (request === undefined) return;
      const isAnswered = await Promise.race([
        request.ask().then(() => true),
        sleep(longestMs, false, { ref: false }),
      ]);
      calls++;
      if (!isAnswered) unanswered.set(program.name, (unanswered.get(program.name) ?? 0) + 1);
      const tookMs = performance.now() - begun;
      figures.latencies.set(request.kind, [...(figures.latencies.get(request.kind) ?? []), tookMs]);
      await sleep(Math.max(0, 1_000 - tookMs));
    }
  };
  await Promise.all(Array.from({ length: pollers }, (_, index) => poller(index)));
  const used = readUse(program.pid).cpuSeconds - before;
  figures.cpuMsACall.push((used * 1_000) / calls);
}

function latencyTable(): string {
  const rows = [...all].flatMap(([{ name }, { latencies }]) =>
    [...latencies].map(([kind, times]) => [
      ...[name, kind, String(times.length)],
      ...[median(times).toFixed(1), percentile(times, 0.99).toFixed(1)],
    ]),
  );
  return table([["program", "request", "calls", "p50 ms", "p99 ms"], ...rows]);
}

function cpuTable(): string {
  const rows = [...all].map(([{ name }, { cpuMsACall, latencies }]) => {
    const times = [...latencies.values()].flat();
    return [name, median(cpuMsACall).toFixed(2), percentile(times, 0.99).toFixed(1)];
  });
  return table([["program", "CPU ms a call", "p99 ms of all"], ...rows]);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
