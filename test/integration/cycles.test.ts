// Torrents that come and go, and engines: what a process holds must not grow with their number.
//
// By default one or two dozens, some dozens in the long lanes; `pnpm test:cycles` runs a thousand torrents and a hundred
// engines, which takes minutes.

import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { isLong } from "../support/lanes.ts";
import { bundledThreadsWords } from "../../scripts/tests/bundled-threads.ts";
import { freePort } from "../support/programs/free-port.ts";
import { runProcess } from "../support/programs/process.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import type { CyclesPlan, CyclesSample } from "./fixtures/cycles.ts";

const program = fileURLToPath(new URL("fixtures/cycles.ts", import.meta.url));
const isThousand = process.env["TROUPE_CYCLES"] === "long";
/** How many cycles come before the first sample, and after it. */
type Cycles = Pick<CyclesPlan, "warmUp" | "cycles">;

const onLinux = process.platform === "linux" ? test.serial : test.skip;

/** Runs a plan in a process of its own; all peers are in this one. @returns The samples of that process. */
async function samplesOf(
  t: ExecutionContext,
  plan: Pick<CyclesPlan, "kind" | "host" | "warmUp" | "cycles">,
): Promise<readonly CyclesSample[]> {
  await using swarm = await Swarm.open({ pieceLengthBytes: 65_536, files: 200_000 });
  const alone = { useTrackers: false };
  const { coordinator } = await swarm.seed({ engine: { host: "inline" }, torrent: alone });
  const torrent = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(torrent, swarm.metainfo);
  const reply = "d8:intervali1800e5:peers0:e";
  await using tracker = await listening(createHttpServer((_, answer) => answer.end(reply)));
  await using silent = await listening(
    createServer((socket) => socket.on("error", () => {}).resume()),
  );
  const whole: CyclesPlan = {
    ...plan,
    torrent,
    seederPort: coordinator.port,
    trackerUrl: `http://127.0.0.1:${tracker.port}/announce`,
    deadPorts: [await freePort(), silent.port],
  };
  const words = ["--expose-gc", ...bundledThreadsWords, program, JSON.stringify(whole)];
  const lines = await runProcess([process.execPath, ...words]);
  const samples = lines.map((line) => JSON.parse(line) as CyclesSample);
  t.true(samples.length > 5);
  if (isThousand) t.log(samples.map((sample) => JSON.stringify(sample)).join("\n"));
  return samples;
}

/** Asserts that descriptors and threads are as many after all cycles as after the first. */
function assertHandlesFlat(t: ExecutionContext, samples: readonly CyclesSample[]): void {
  const handles = samples.map(({ descriptors, threads }) => ({ descriptors, threads }));
  t.deepEqual(
    handles,
    handles.map(() => handles[0]),
  );
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Bytes that the heap grows by with each cycle: the slope of the straight line that fits best. */
function heapBytesPerCycle(samples: readonly CyclesSample[]): number {
  const mean = (of: (sample: CyclesSample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [cycle, heap] = [mean((sample) => sample.cycle), mean((sample) => sample.heapBytes)];
  const both = mean((sample) => (sample.cycle - cycle) * (sample.heapBytes - heap));
  return both / mean((sample) => (sample.cycle - cycle) ** 2);
}

/** Cycles of the tests: as many as the run has. */
const { torrents, engines } = ((): Record<"torrents" | "engines", Cycles> => {
  if (isThousand) {
    return {
      torrents: { warmUp: 100, cycles: 1_000 },
      engines: { warmUp: 20, cycles: 100 },
    };
  }
  return isLong
    ? { torrents: { warmUp: 12, cycles: 30 }, engines: { warmUp: 7, cycles: 7 } }
    : { torrents: { warmUp: 12, cycles: 18 }, engines: { warmUp: 7, cycles: 6 } };
})();
/** A leaked torrent holds many times as much in the engine. */
const mostBytesPerTorrent = isThousand ? 256 : 10_240;
/** One thread whose caller is not let go of holds 9 KB, and an engine has four. */
const mostBytesPerEngine = isThousand ? 4_096 : 24_576;
/** Threads whose collectors cannot be called keep some: 65 MiB were seen after a thousand torrents. */
const mostResidentBytes = 128 << 20;

// In the gate the torrents are those of the inline engine, whose heap is that of all actors, and of the engines with threads
// that start and close.
if (isLong || isThousand) {
  onLinux(
    "torrents that are added and removed leave no descriptor, thread or memory",
    async (t) => {
      const samples = await samplesOf(t, { kind: "torrents", host: "threads", ...torrents });
      assertHandlesFlat(t, samples);
      t.true(heapBytesPerCycle(samples) < mostBytesPerTorrent, `${heapBytesPerCycle(samples)}`);
      const [first, last] = [samples[0], samples.at(-1)];
      t.true((last?.residentBytes ?? 0) - (first?.residentBytes ?? 0) < mostResidentBytes);
    },
  );
}

onLinux(
  "torrents that are added and removed leave no object in the heap of any actor",
  async (t) => {
    const samples = await samplesOf(t, { kind: "torrents", host: "inline", ...torrents });
    assertHandlesFlat(t, samples);
    t.true(heapBytesPerCycle(samples) < mostBytesPerTorrent, `${heapBytesPerCycle(samples)}`);
  },
);

onLinux("engines that start and close leave no descriptor, thread or memory", async (t) => {
  const samples = await samplesOf(t, { kind: "engines", host: "threads", ...engines });
  assertHandlesFlat(t, samples);
  t.true(heapBytesPerCycle(samples) < mostBytesPerEngine, `${heapBytesPerCycle(samples)}`);
});
