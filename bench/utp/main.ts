// `pnpm bench:utp`: a transfer over uTP on a narrow line with a long queue, ours and libtorrent's in turns, with the same
// libtorrent at the other end.
//
//   --runs N         turns (3)
//   --megabits N     of the line, each way (50)
//   --queue N        of the line, in ms (300)
//   --pings N        in a run (300)
//   --only TEXT      parts whose name contains the text: rate, join
//   --ways LIST      of down and up (down,up)
//
// `rate`: from the tenth second on, the rate of each transfer and the round trips of small packets beside it, both ways. `join`:
// what a flow of TCP gets that joins a transfer over uTP, beside what it gets alone, and the rate of the transfer 5 s after
// the flow has ended. The line is a token bucket in network namespaces, which need root.

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writePayload } from "../../test/support/files/payload.ts";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { writeTorrentFile } from "../../test/support/files/torrent-file.ts";
import { Network, type NetworkClient } from "../../test/support/network.ts";
import { runProcess, startProcess } from "../../test/support/programs/process.ts";
import { median, spread, table } from "../support/statistics.ts";
import {
  startTransfer,
  subjectNames,
  type Content,
  type Direction,
  type SubjectName,
} from "./subjects.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    megabits: { type: "string", default: "50" },
    queue: { type: "string", default: "300" },
    pings: { type: "string", default: "300" },
    only: { type: "string", default: "" },
    ways: { type: "string", default: "down,up" },
  },
});
const runs = Number(values.runs);
const pings = Number(values.pings);
const pingEveryMs = 50;
const growthMs = 10_000;
const flowSeconds = 15;
const pauseMs = 5_000;
const line = fileURLToPath(new URL("line.py", import.meta.url));
const python = "/usr/bin/python3";
const [echoPort, flowPort] = ["7001", "7002"];
const directions = (["down", "up"] as const).filter((way) => values.ways.split(",").includes(way));

interface Machines {
  readonly near: NetworkClient;
  readonly far: NetworkClient;
}

/** Bytes a second, and round trips in ms. */
interface RateRun {
  readonly rate: number;
  readonly pings: readonly number[];
}

interface JoinRun {
  readonly rateBefore: number;
  readonly flowRate: number;
  readonly rateAfter: number;
}

await using network = await Network.of(2);
const [near, far] = network.clients;
if (near === undefined || far === undefined) throw new Error("bug: the network has two machines");
const machines: Machines = { near, far };
for (const client of network.clients) {
  await client.limitArrivals(Number(values.megabits), Number(values.queue));
  // TCP that fills the queue, as that of most machines does.
  await client.run("sysctl", "-q", "-w", "net.ipv4.tcp_congestion_control=reno");
}
using folder = temporaryFolder("bench-utp");
const content = makeContent(folder.path);
await using _echo = await startProcess([...far.within, python, line, "echo", far.ip4, echoPort]);
await using farSink = await startProcess([...far.within, python, line, "sink", far.ip4, flowPort]);
await using nearSink = await startProcess([
  ...[...near.within, python, line, "sink", near.ip4, flowPort],
]);
await delay(500);
console.log(`line: ${values.megabits} Mbit/s each way, a queue of ${values.queue} ms\n`);
if ("rate".includes(values.only)) await measureRates();
if ("join".includes(values.only)) await measureJoins();

function makeContent(place: string): Content {
  const whole = join(place, "whole");
  mkdirSync(whole);
  const shape = { folder: whole, name: "payload", pieceLengthBytes: 2 ** 18, files: 2 ** 29 };
  const torrent = writeTorrentFile(writePayload(shape)).path;
  return { torrent, whole, empty: join(place, "empty"), state: join(place, "state") };
}

async function measureRates(): Promise<void> {
  const alone = await ping();
  for (const direction of directions) {
    const found = new Map<SubjectName, RateRun[]>(subjectNames.map((name) => [name, []]));
    for (let run = 0; run < runs; run++)
      for (const name of subjectNames)
        found.get(name)?.push(await whileTransferring(name, direction, rateRun));
    printRates(direction, found);
  }
  console.log(`\nround trip of the idle line: ${median(alone).toFixed(1)} ms`);
}

async function rateRun(direction: Direction): Promise<RateRun> {
  const before = await bytesOf(direction);
  const roundTrips = await ping();
  const after = await bytesOf(direction);
  return { rate: rateBetween(before, after), pings: roundTrips };
}

function printRates(direction: Direction, found: ReadonlyMap<SubjectName, RateRun[]>): void {
  const trips = (name: SubjectName): number =>
    median((found.get(name) ?? []).map((run) => median(run.pings)));
  const rate = (name: SubjectName): number =>
    median((found.get(name) ?? []).map((run) => run.rate));
  const rows = subjectNames.map((name) => {
    const all = found.get(name) ?? [];
    return [
      name,
      spread(
        all.map((run) => run.rate / 1e6),
        2,
      ),
      spread(
        all.map((run) => median(run.pings)),
        1,
      ),
    ];
  });
  console.log(table([[direction, "MB/s", "round trip, ms"], ...rows]));
  const ratio = (text: string, value: number, bar: string): void =>
    console.log(`${text}: ${value.toFixed(3)} (${bar})`);
  ratio("rate, ours ÷ libtorrent's", rate("ours") / rate("libtorrent"), "≥ 0.97");
  ratio("round trip, ours ÷ libtorrent's", trips("ours") / trips("libtorrent"), "≤ 1.15");
  ratio("round trip, ours ÷ TCP's", trips("ours") / trips("libtorrent over TCP"), "< 0.5");
  console.log();
}

async function measureJoins(): Promise<void> {
  for (const direction of directions) {
    const alone: number[] = [];
    const joined: JoinRun[] = [];
    for (let run = 0; run < runs; run++) {
      alone.push(await flow(direction));
      joined.push(await whileTransferring("ours", direction, joinRun));
    }
    const flowRates = joined.map((run) => run.flowRate);
    console.log(
      table([
        [direction, "TCP alone, MB/s", "beside uTP", "uTP before", "uTP 5 s after"],
        [
          "ours",
          spread(alone.map(inMegabytes), 2),
          spread(flowRates.map(inMegabytes), 2),
          spread(
            joined.map((run) => inMegabytes(run.rateBefore)),
            2,
          ),
          spread(
            joined.map((run) => inMegabytes(run.rateAfter)),
            2,
          ),
        ],
      ]),
    );
    const back = joined.map((run) => run.rateAfter / run.rateBefore);
    console.log(
      `TCP beside uTP ÷ alone: ${(median(flowRates) / median(alone)).toFixed(3)} (≥ 0.9)`,
    );
    console.log(`uTP after ÷ before: ${median(back).toFixed(3)} (≥ 0.9)\n`);
  }
}

async function joinRun(direction: Direction): Promise<JoinRun> {
  const rateBefore = await rateFor(direction, pauseMs);
  const flowRate = await flow(direction);
  await delay(pauseMs);
  return { rateBefore, flowRate, rateAfter: await rateFor(direction, pauseMs) };
}

/** @returns The bytes a second of a flow of TCP, as its receiver counts them after 5 s. */
async function flow(direction: Direction): Promise<number> {
  const { from, sink, to } =
    direction === "down"
      ? { from: machines.far, to: machines.near, sink: nearSink }
      : { from: machines.near, to: machines.far, sink: farSink };
  const words = ["flow", to.ip4, flowPort, String(flowSeconds)];
  const rates = (): number[] => sink.lines.map(Number).filter(Number.isFinite);
  const earlier = rates().length;
  await runProcess([...from.within, python, line, ...words]);
  return await sink.waitFor("its rate", () => rates()[earlier]);
}

/** Runs a transfer, whose window has grown for 10 s. */
async function whileTransferring<Result>(
  name: SubjectName,
  direction: Direction,
  measure: (direction: Direction) => Promise<Result>,
): Promise<Result> {
  for (const place of [content.empty, content.state])
    rmSync(place, { recursive: true, force: true });
  mkdirSync(content.empty);
  const [seeder, leecher] = await startTransfer(name, direction, machines, content);
  await using _seeder = seeder;
  await using _leecher = leecher;
  await payloadFlows(direction);
  await delay(growthMs);
  const result = await measure(direction);
  await leecher.stop();
  await seeder.stop();
  return result;
}

async function payloadFlows(direction: Direction): Promise<void> {
  for (let left = 300; left > 0; left--) {
    if ((await rateFor(direction, 200)) > 200_000) return;
  }
  throw new Error("no payload came in a minute");
}

async function rateFor(direction: Direction, ms: number): Promise<number> {
  const before = await bytesOf(direction);
  await delay(ms);
  return rateBetween(before, await bytesOf(direction));
}

interface Counted {
  readonly bytes: number;
  readonly atMs: number;
}

/** The bytes of the near end's interface. */
async function bytesOf(direction: Direction): Promise<Counted> {
  const lines = await machines.near.run("ip", "-s", "-j", "link", "show", "eth0");
  const [shown] = JSON.parse(lines.join("")) as {
    readonly stats64: Readonly<Record<"rx" | "tx", { readonly bytes: number }>>;
  }[];
  const bytes = shown?.stats64[direction === "down" ? "rx" : "tx"].bytes ?? Number.NaN;
  return { bytes, atMs: performance.now() };
}

function rateBetween(before: Counted, after: Counted): number {
  return (1_000 * (after.bytes - before.bytes)) / (after.atMs - before.atMs);
}

async function ping(): Promise<readonly number[]> {
  const words = [machines.far.ip4, echoPort, String(pings), String(pingEveryMs)];
  const lines = await runProcess([...machines.near.within, python, line, "ping", ...words]);
  return lines.map(Number).filter(Number.isFinite);
}

function inMegabytes(bytes: number): number {
  return bytes / 1e6;
}
