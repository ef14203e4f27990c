// One transfer over the bare path, in a process of its own. Argument: a file with a Plan as JSON. Prints one JSON line.
// This thread is the engine: it only passes piece numbers on.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MessageChannel, Worker } from "node:worker_threads";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { FrameLink } from "./frame-link.ts";
import type { HashTask } from "./hash.task.ts";
import { pieceLength, type Plan, type ThreadData, type TransferReport } from "./plan.ts";

interface Pool {
  run(task: HashTask): Promise<boolean>;
  destroy(): Promise<void>;
}

const hashRequire = createRequire(
  new URL("../../packages/hash-worker/package.json", import.meta.url),
);
const { Piscina } = hashRequire("piscina") as { Piscina: new (options: object) => Pool };

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Plan;
const pieceCount = Math.ceil(plan.totalBytes / plan.pieceLengthBytes);
const slab = new SharedArrayBuffer(plan.memoryBytes);
const pool = new Piscina({
  filename: new URL("hash.task.ts", import.meta.url).href,
  minThreads: 1,
  maxThreads: plan.hashThreads,
  workerData: { slab },
});
const loopDelay = monitorEventLoopDelay({ resolution: 1 });
let left = pieceCount;
let startMs = 0;
let startCpu = process.cpuUsage();

const file = thread("file.worker.ts", (messages) => {
  for (const message of messages) peer.link.send(message);
  left -= messages.length;
  if (left === 0) finish();
});
const peer = thread("peer.worker.ts", (messages) => {
  for (const [piece = 0, slot = 0] of messages) void verify(piece, slot);
});

// The clock starts when every thread is up: what a start costs is told by the figures of the whole process.
await Promise.all([file.isUp, peer.isUp]);
await pool.run({ offset: 0, lengthBytes: 0, expected: "" });
startMs = performance.now();
startCpu = process.cpuUsage();
loopDelay.enable();
peer.link.send([]);

async function verify(piece: number, slot: number): Promise<void> {
  const isRight = await pool.run({
    offset: slot * plan.pieceLengthBytes,
    lengthBytes: pieceLength(plan, piece),
    expected: plan.pieceHashes.slice(piece * 40, piece * 40 + 40),
  });
  if (!isRight) throw new Error(`piece ${piece} arrived with a wrong hash`);
  file.link.send([piece, slot]);
}

function thread(
  name: string,
  take: (messages: readonly (readonly number[])[]) => void,
): { isUp: Promise<unknown>; link: FrameLink } {
  const { port1, port2 } = new MessageChannel();
  const workerData: ThreadData = { plan, slab, link: port2 };
  const worker = new Worker(new URL(name, import.meta.url), { workerData, transferList: [port2] });
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
  process.exit();
}
