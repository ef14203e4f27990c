// `pnpm bench:service-cost`: what a service costs beside an engine alone, with the same torrents at rest.
//
//   --torrents N  stopped torrents (1,000)
//   --minutes N   minutes of polls, after one minute without (10)
//
// Two processes run at the same time: an engine alone, and one with a service. Ten pollers ask the second one, once a second
// each. Prints the memory and the processor time of both, and how long `troupe serve` takes from its start to the first
// answer of `/api/v1/health` and to the first list, which is whole.

import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { freePort } from "../../test/support/programs/free-port.ts";
import { startProgram } from "../../test/support/programs/program.ts";
import type { RunningProcess } from "../../test/support/programs/process.ts";
import { ServedProcess } from "../../test/support/service/served-process.ts";
import { answers, connectTo } from "../service/polled.ts";
import { pollFor } from "../service/pollers.ts";
import { torrentFile } from "../service/programs.ts";
import { readUse, type Use } from "../support/process-use.ts";
import { median, spread, table } from "../support/statistics.ts";

const { values } = parseArgs({
  options: {
    torrents: { type: "string", default: "1000" },
    minutes: { type: "string", default: "10" },
  },
});
const torrents = Number(values.torrents);
const host = "127.0.0.1";
const mebibyte = 1 << 20;
const starts = 7;
const speaks = ["transmission", "qbittorrent"] as const;

using folder = temporaryFolder("bench-service-cost");
const password = await makeState();
await startTimes();
await costs();

/** Makes a state folder with torrents that a service has added. @returns The password of its user. */
async function makeState(): Promise<string> {
  await using service = await serve();
  const found = service.password;
  using polled = await connected(service, service.port, found);
  for (let index = 0; index < torrents; index++) await polled.add(torrentFile(index), "stopped");
  return found;
}

async function startTimes(): Promise<void> {
  const health: number[] = [];
  const lists: number[] = [];
  for (let start = 0; start < starts; start++) {
    const begunMs = performance.now();
    await using service = await serve();
    await answers(service.port, "/api/v1/health");
    health.push(performance.now() - begunMs);
    using polled = await connected(service, service.port, password);
    const listed = JSON.parse(await polled.get("torrents/info")).length;
    lists.push(performance.now() - begunMs);
    if (listed !== torrents) throw new Error(`the first list has ${listed} torrents`);
  }
  console.log(`health after ms: ${spread(health, 0)}; first list, whole: ${spread(lists, 0)}`);
}

async function costs(): Promise<void> {
  const alone = await engine("alone", 0);
  const port = await freePort(host);
  const served = await engine("served", port);
  await sleep(10_000);
  const [begun, begunAlone] = [readUse(served.pid), readUse(alone.pid)];
  await sleep(60_000);
  const rows = [["after", "engine alone, MiB", "with service, MiB", "more", "more % of a core"]];
  const row = (title: string, since: Use, sinceAlone: Use): void => {
    const [now, nowAlone] = [readUse(served.pid), readUse(alone.pid)];
    const mib = ({ rssBytes }: Use): number => rssBytes / mebibyte;
    const share = cpuShare(since, now) - cpuShare(sinceAlone, nowAlone);
    const figures = [mib(nowAlone), mib(now), mib(now) - mib(nowAlone)];
    rows.push([title, ...figures.map((figure) => figure.toFixed(0)), (100 * share).toFixed(2)]);
  };
  row("60 s without a call", begun, begunAlone);
  using polled = await connected(served, port, password);
  const [polledFrom, aloneFrom] = [readUse(served.pid), readUse(alone.pid)];
  const calls = await pollFor(polled, Number(values.minutes) * 60);
  row(`${values.minutes} min of polls`, polledFrom, aloneFrom);
  console.log(table(rows));
  const times = calls.map(({ tookMs }) => tookMs);
  console.log(`${times.length} polls, median ${median(times).toFixed(1)} ms`);
  for (const program of [alone, served]) await program.stop(10_000, "SIGINT");
}

async function engine(name: string, port: number): Promise<RunningProcess> {
  const copy = join(folder.path, name);
  cpSync(join(folder.path, "state"), join(copy, "state"), { recursive: true });
  const words = [copy, String(port)];
  const program = await startProgram(new URL("engine-run.ts", import.meta.url), words);
  await program.lineWhere("ready", (line) => line === "ready" || undefined);
  return program;
}

async function serve(): Promise<ServedProcess> {
  return await ServedProcess.start({ folder: folder.path, arguments: ["--bind", host] });
}

function connected(program: Pick<RunningProcess, "pid">, port: number, secret: string) {
  return connectTo(program, { name: "troupe", port, speaks, user: "troupe", password: secret });
}

function cpuShare(before: Use, after: Use): number {
  return (after.cpuSeconds - before.cpuSeconds) / ((after.atMs - before.atMs) / 1_000);
}
