import test from "ava";
import { SeededRandom } from "@troupe/actor-runtime/simulated";

import { type Connected, type LineRules, type PairOptions, UtpPair } from "./utp-pair.ts";

const stallMs = 10_000;

/** Writes all bytes of one end in chunks of many lengths, then ends the stream. */
function writeAll(
  connected: Connected,
  content: Uint8Array,
): { readonly writtenChunks: () => number } {
  let at = 0;
  let chunks = 0;
  let written = 0;
  const { dialled } = connected;
  const go = (): void => {
    for (;;) {
      if (at >= content.length) return dialled.stream?.end();
      const chunk = content.slice(at, at + 1 + ((at * 7_919) % 20_000));
      at += chunk.length;
      chunks++;
      const goesOn = dialled.stream?.write(chunk, () => {
        written++;
        chunk.fill(0xee);
      });
      if (goesOn === false) return;
    }
  };
  dialled.onDrained = go;
  go();
  return { writtenChunks: () => chunks - written };
}

/** Runs until both ends are closed, or nothing arrives for ten seconds. @returns The longest time without a byte. */
async function runToEnd(pair: UtpPair, { dialled, accepted }: Connected): Promise<number> {
  let longestMs = 0;
  let lastMs = 0;
  accepted.onBytes = () => {
    longestMs = Math.max(longestMs, pair.scheduler.nowMs - lastMs);
    lastMs = pair.scheduler.nowMs;
  };
  await pair.scheduler.runUntil(() => {
    if (pair.scheduler.nowMs - lastMs > 3 * stallMs) throw new Error(`stalled at ${lastMs} ms`);
    return dialled.end !== undefined && accepted.end !== undefined;
  });
  return longestMs;
}

const arrives = test.macro(async (t, options: PairOptions, lengthBytes: number) => {
  const pair = new UtpPair(options);
  const content = new SeededRandom(`content ${options.seed}`).bytes(lengthBytes);
  const connected = pair.connect();
  const { writtenChunks } = writeAll(connected, content);
  const longestMs = await runToEnd(pair, connected);
  const { dialled, accepted } = connected;
  t.true(longestMs < stallMs, `nothing arrived for ${longestMs} ms`);
  t.true(Buffer.from(content).equals(accepted.bytesSoFar));
  t.deepEqual(dialled.end, { reason: undefined });
  t.deepEqual(accepted.end, { reason: undefined });
  t.is(writtenChunks(), 0);
  t.is(pair.a.stats.heldBytes + pair.b.stats.heldBytes, 0);
  await pair.scheduler.run(pair.scheduler.nowMs + 5_000);
  t.is(pair.a.stats.connections + pair.b.stats.connections, 0);
});

const disorder = { reordering: 0.02, reorderMs: 15, duplicates: 0.02 };
for (const roundTripMs of [1, 20, 200]) {
  for (const loss of [0, 0.01, 0.05]) {
    for (const mess of [{}, disorder]) {
      const line: LineRules = {
        delayMs: roundTripMs / 2,
        bytesPerSecond: 6_250_000,
        loss,
        ...mess,
      };
      const kind = "reordering" in mess ? "reordered and duplicated" : "in order";
      const lengthBytes = Math.round(
        loss === 0 ? 1_500_000 : 600_000 / Math.max(1, roundTripMs / 40),
      );
      test(
        `every byte arrives: ${roundTripMs} ms, ${loss * 100} % lost, ${kind}`,
        arrives,
        { line, seed: `${roundTripMs} ${loss} ${kind}` },
        lengthBytes,
      );
    }
  }
}

test(
  "every byte arrives when ids, sequence numbers and times wrap",
  arrives,
  {
    line: { delayMs: 10, loss: 0.01, bytesPerSecond: 2_000_000, ...disorder },
    counter: 65_520,
    clockMs: 4_294_967.296 - 500,
    seed: "wrap",
  },
  400_000,
);

/** Bytes a second that arrive between the given times. */
async function measure(options: PairOptions, fromMs: number, toMs: number): Promise<number> {
  const pair = new UtpPair(options);
  const block = new Uint8Array(65_536);
  const { dialled, accepted } = pair.connect({}, { keepsBytes: false });
  const go = (): void => {
    while (dialled.stream?.write(block) === true);
  };
  dialled.onDrained = go;
  go();
  await pair.scheduler.run(fromMs);
  const before = accepted.receivedBytes;
  await pair.scheduler.run(toMs);
  return ((accepted.receivedBytes - before) / (toMs - fromMs)) * 1_000;
}

const fast = 12_500_000;
for (const roundTripMs of [20, 200]) {
  test(`a line of 100 Mbit/s with ${roundTripMs} ms is used to 90 % after ten seconds`, async (t) => {
    const line = { delayMs: roundTripMs / 2, bytesPerSecond: fast };
    const rate = await measure({ line }, 10_000, 11_500);
    t.true(rate > 0.9 * fast, `${Math.round(rate)} B/s`);
  });
}

const slow = 100_000;
for (const driftPpm of [100, -100]) {
  test(`a clock that is ${driftPpm} ppm off leaves a line used to 90 %`, async (t) => {
    const line = { delayMs: 20, bytesPerSecond: slow };
    const rate = await measure({ line, driftPpm }, 60_000, 400_000);
    t.true(rate > 0.9 * slow, `${Math.round(rate)} B/s`);
  });
}

test("a transfer of ten minutes keeps the queue near the target, though base delays are forgotten", async (t) => {
  const pair = new UtpPair({ line: { delayMs: 20, bytesPerSecond: slow } });
  const { dialled } = pair.connect({}, { keepsBytes: false });
  const go = (): void => {
    while (dialled.stream?.write(new Uint8Array(65_536)) === true);
  };
  dialled.onDrained = go;
  go();
  for (let minute = 2; minute <= 10; minute++) {
    await pair.scheduler.run(minute * 60_000);
    const queuedMs = pair.toSecond.queuedMs;
    t.true(queuedMs < 200, `${Math.round(queuedMs)} ms in minute ${minute}`);
  }
});
