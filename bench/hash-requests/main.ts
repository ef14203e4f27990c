// `pnpm bench:hash-requests`: floods of hash requests (BEP 52) at an engine that has the layers of a torrent of version 2, beside floods
// of as many `have` messages that are each answered by a `reject`: processor time of the engine, and the rate of an honest
// transfer beside them.
//
//   --seconds N   of each measure (3)
//   --runs N      of each flood (2)
//   --rate MB     that the honest seeder sends at most, MB/s (40)

import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nodePorts } from "@troupe/actor-runtime";
import { patternTorrent, writePattern } from "@troupe/load-peers";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { temporaryFolder } from "../../test/support/files/temporary-folder.ts";
import { startProcess, type RunningProcess } from "../../test/support/programs/process.ts";
import { readUse } from "../support/process-use.ts";
import { Seeder } from "../support/seeder.ts";
import { median, table } from "../support/statistics.ts";

const warmUpMs = 1_500;
const pieceLengthBytes = 65_536;
const floods = [
  { name: "10,000 a second of one peer", peers: 1, perSecond: 10_000 },
  { name: "10 a second of each of 1,000 peers", peers: 1_000, perSecond: 10_000 },
] as const;
const kinds = ["haves", "hashes"] as const;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    runs: { type: "string", default: "2" },
    rate: { type: "string", default: "40" },
  },
});
const measureMs = 1_000 * Number(values.seconds);
const runs = Number(values.runs);
const bytesPerSecond = Number(values.rate) * 1e6;

using folder = temporaryFolder("troupe-hash-requests");
const partSeconds = (warmUpMs + measureMs) / 1_000 + 1;
const lengthBytes = Math.ceil(
  bytesPerSecond * partSeconds * (floods.length * kinds.length * runs + 2),
);
const pattern = { name: "payload", lengthBytes, pieceLengthBytes, version: "v2" } as const;
const torrentPath = join(folder.path, "payload.torrent");
writeFileSync(torrentPath, patternTorrent(pattern));
const { infoHash } = parseTorrent(patternTorrent(pattern));
const source = join(folder.path, "source");
mkdirSync(source);
await writePattern(nodePorts(), pattern, source, new AbortController().signal);
const target = join(folder.path, "target");
mkdirSync(target);

await using seeder = await Seeder.start({
  infoHash,
  file: join(source, pattern.name),
  pieceLengthBytes,
  bytesPerSecond,
});
await using engine = await startProcess([
  process.execPath,
  "--disable-warning=ExperimentalWarning",
  fileURLToPath(new URL("engine-run.ts", import.meta.url)),
  torrentPath,
  target,
]);
const [, port = ""] = await engine.lineWhere(
  "its port",
  (line) => /^READY (\d+)$/.exec(line) ?? undefined,
);

/** A flood, and its figures of all runs. */
interface Figures {
  readonly microseconds: number[];
  readonly honestBytes: number[];
  readonly messages: number[];
}

const figures = new Map<string, Figures>();
await delay(warmUpMs);
const idle = await cpuSecondsOf(measureMs);
for (let run = 0; run < runs; run++) await eachFlood(measureCpu);
engine.say(String(seeder.port));
await delay(2_000);
const aloneBytes = await honestRate();
for (let run = 0; run < runs; run++) await eachFlood(measureHonest);
engine.say("end");
await engine.exited;
console.log(summary());
console.log(`closed: ${engine.lines.at(-1)}; load of the machine: ${loadavg()[0]?.toFixed(1)}`);

async function eachFlood(
  measure: (flood: RunningProcess, into: Figures) => Promise<void>,
): Promise<void> {
  for (const { name, peers, perSecond } of floods) {
    for (const kind of kinds) {
      // One after the other.
      // oxlint-disable-next-line no-await-in-loop
      await using flood = await startProcess([
        process.execPath,
        fileURLToPath(new URL("flood-run.ts", import.meta.url)),
        ...[port, torrentPath, kind, String(peers), String(perSecond)],
      ]);
      const key = `${name} ${kind}`;
      const into = figures.get(key) ?? { microseconds: [], honestBytes: [], messages: [] };
      figures.set(key, into);
      // The connections of all peers stand then.
      // oxlint-disable-next-line no-await-in-loop
      await flood.lineWhere("its messages", (line) =>
        Number(/^SENT (\d+) /.exec(line)?.[1]) > 2 * perSecond ? true : undefined,
      );
      // oxlint-disable-next-line no-await-in-loop
      await measure(flood, into);
      console.error(`${key}: ${JSON.stringify(into)}`);
    }
  }
}

/** Processor time of the engine a message, without that of an idle engine. */
async function measureCpu(flood: RunningProcess, into: Figures): Promise<void> {
  const from = sentBy(flood);
  const seconds = (await cpuSecondsOf(measureMs)) - idle;
  const messages = sentBy(flood) - from;
  into.microseconds.push((1e6 * seconds) / messages);
  into.messages.push((1_000 * messages) / measureMs);
}

async function measureHonest(_: RunningProcess, into: Figures): Promise<void> {
  into.honestBytes.push(await honestRate());
}

async function honestRate(): Promise<number> {
  const from = seeder.sentBytes();
  await delay(measureMs);
  return (1_000 * (seeder.sentBytes() - from)) / measureMs;
}

async function cpuSecondsOf(durationMs: number): Promise<number> {
  const from = readUse(engine.pid).cpuSeconds;
  await delay(durationMs);
  return readUse(engine.pid).cpuSeconds - from;
}

/** Messages that the flood has sent so far. */
function sentBy({ lines }: RunningProcess): number {
  const line = lines.findLast((one) => one.startsWith("SENT ")) ?? "SENT 0";
  return Number(line.split(" ")[1]);
}

function summary(): string {
  const rows = floods.map(({ name }) => {
    const [haves, hashes] = kinds.map((kind) => figures.get(`${name} ${kind}`));
    if (haves === undefined || hashes === undefined)
      throw new Error("bug: a flood without figures");
    const [cheap, dear] = [median(haves.microseconds), median(hashes.microseconds)];
    const [beside, rate] = [median(haves.honestBytes), median(hashes.honestBytes)];
    return [
      name,
      `${median(haves.messages).toFixed(0)}, ${median(hashes.messages).toFixed(0)}`,
      `${cheap.toFixed(1)}, ${dear.toFixed(1)}`,
      (dear / cheap).toFixed(2),
      `${(beside / 1e6).toFixed(1)}, ${(rate / 1e6).toFixed(1)}`,
      (rate / beside).toFixed(2),
    ];
  });
  const head = [
    "flood",
    "messages a second",
    "µs of CPU a message",
    "≤ 1.5",
    "honest MB/s",
    "≥ 0.9",
  ];
  return [
    "each pair: `have` messages answered by a reject, then hash requests",
    table([head, ...rows]),
    `the honest transfer alone: ${(aloneBytes / 1e6).toFixed(1)} MB/s`,
  ].join("\n");
}
