// `pnpm bench:ip-filter`: a long IP filter: its memory, the event loops while it is read, and a look-up beside an admission.
//
//   --ranges N   ranges of the list (500,000)
//   --runs N     runs of each row (3)

import { parseArgs } from "node:util";
import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import { AddressRanges } from "@troupe/messages";
import { loadIpFilter } from "../../packages/api-base/src/ip-filter/load-ip-filter.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { quiet } from "../../test/support/swarm/quiet.ts";
import { spread, table } from "../support/statistics.ts";
import { writeLists } from "./lists.ts";
import { measureCosts } from "./lookups.ts";
import { watchLoop, type LoopReport } from "./loop-watch.ts";

const { values } = parseArgs({
  options: {
    ranges: { type: "string", default: "500000" },
    runs: { type: "string", default: "3" },
  },
});
using folder = temporaryFolder("bench-ip-filter");
const lists = writeLists(folder.path, Number(values.ranges));

const rows: string[][] = [];
for (const [name, path] of Object.entries(lists)) {
  for (const host of ["inline", "threads"] as const) rows.push(await row(name, host, path));
}
const head = ["list", "host", "s", "CPU-s", "longest turn, CPU ms", "latest turn, ms"];
console.log(table([[...head, "engine late before, after, ms", "buffers while read, MB"], ...rows]));

const { memory } = await loadIpFilter(lists.sorted);
const { lookUp, admission } = measureCosts(memory);
console.log(`
${new AddressRanges(memory).count} ranges take ${(memory.byteLength / 1e6).toFixed(1)} MB (at most 9)
a look-up takes ${lookUp.toFixed(2)} µs, the engine's answer to an admission ${admission.toFixed(2)} µs: 1/${(admission / lookUp).toFixed(0)} (at most 1/10)`);

/** Replaces the filter of an engine that runs. */
async function row(name: string, host: "inline" | "threads", path: string): Promise<string[]> {
  const reports: LoopReport[] = [];
  const late: string[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const options: CoordinatorOptions = { ...quiet, directory: folder.path, port: 0, host };
    await using coordinator = await Coordinator.start({ ...options, bind: ["127.0.0.1"] });
    const before = await latestOf(coordinator);
    reports.push(await watchLoop(() => coordinator.setIpFilter(path)));
    late.push(`${before}, ${await latestOf(coordinator)}`);
  }
  const of = (figure: (report: LoopReport) => number, digits: number): string =>
    spread(reports.map(figure), digits);
  return [
    name,
    host,
    of(({ seconds }) => seconds, 2),
    of(({ cpuSeconds }) => cpuSeconds, 2),
    of(({ longestTurnMs }) => longestTurnMs, 1),
    of(({ latestMs }) => latestMs, 1),
    late.join("; "),
    of(({ bufferBytes }) => bufferBytes / 1e6, 1),
  ];
}

/** The longest delay of the engine's event loop since its start; with the host `inline` it is this thread's. */
async function latestOf(coordinator: Coordinator): Promise<string> {
  const { children = [] } = await coordinator.actors();
  const engine = children.find(({ name }) => name === "engine");
  return engine?.loopDelayMs?.max.toFixed(0) ?? "–";
}
