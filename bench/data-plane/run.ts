// One transfer over the bare path, in a process of its own. Argument: a file with a Plan as JSON. Prints one JSON line.
// This thread is the engine: it only passes piece numbers on.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { MessageChannel, Worker } from "node:worker_threads";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { nodePorts } from "@troupe/actor-runtime";
import { openHashPool } from "@troupe/hash-worker";
import { FrameLink, type PieceInExtent } from "./frame-link.ts";
import { pieceLength, type Plan, type ThreadData, type TransferReport } from "./plan.ts";

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Plan;
const pieceCount = Math.ceil(plan.totalBytes / plan.pieceLengthBytes);
const pieceHashes = Buffer.from(plan.pieceHashes, "hex");
const slab = new SharedArrayBuffer(plan.memoryBytes);
const pool = openHashPool({ maxThreads: plan.hashThreads, timers: nodePorts().timers });
const loopDelay = monitorEventLoopDelay({ resolution: 1 });
let left = pieceCount;
let startMs = 0;
let startCpu = process.cpuUsage();

const file = thread("file", (written) => {
  for (const piece of written) peer.link.send(piece);
  left -= written.length;
  if (left === 0) finish();
});
const peer = thread("peer", (sealed) => {
  for (const piece of sealed) void verify(piece);
});

const rule = { algorithm: "sha1", pieceLayer: 0 } as const;

// The clock starts when every thread is up: what a start costs is told by the figures of the whole process.
await Promise.all([file.isUp, peer.isUp]);
await pool.digestAll([{ memory: slab, offset: 0, lengthBytes: 1 }], rule);
startMs = performance.now();
startCpu = process.cpuUsage();
loopDelay.enable();
peer.link.send({ piece: -1, extent: -1 });

async function verify({ piece, extent }: PieceInExtent): Promise<void> {
  const offset = extent * plan.pieceLengthBytes;
  const task = { memory: slab, offset, lengthBytes: pieceLength(plan, piece) };
  const { digests } = await pool.digestAll([task], rule);
  const expected = pieceHashes.subarray(piece * 20, piece * 20 + 20);
  if (!expected.equals(digests)) throw new Error(`piece ${piece} arrived with a wrong hash`);
  file.link.send({ piece, extent });
}

function thread(
  name: string,
  take: (pieces: readonly PieceInExtent[]) => void,
): { isUp: Promise<unknown>; link: FrameLink } {
  const { port1, port2 } = new MessageChannel();
  const workerData: ThreadData = { plan, slab, link: port2 };
  const worker = new Worker(new URL(`${name}.worker.ts`, import.meta.url), {
    name,
    workerData,
    transferList: [port2],
  });
  worker.on("error", (error) => {
    throw error;
  });
  return { isUp: once(worker, "online"), link: new FrameLink(port1, take) };
}

function finish(): void {
  const seconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage(startCpu);
  const report: TransferReport = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    loopDelayMs: { p999: loopDelay.percentile(99.9) / 1e6, max: loopDelay.max / 1e6 },
  };
  console.log(JSON.stringify(report));
  if (plan.isHeld) process.stdin.once("data", () => process.exit());
  else process.exit();
}
