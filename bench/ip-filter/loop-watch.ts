import { setTimeout as delay } from "node:timers/promises";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** This thread's event loop while some work runs. */
export interface LoopReport {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** CPU time of the longest turn; other processes do not change it. */
  readonly longestTurnMs: number;
  /** By the clock. */
  readonly latestMs: number;
  /** Most bytes in buffers, beyond those at the start. */
  readonly bufferBytes: number;
}

/** Runs `work`, and watches the event loop of this thread. */
export async function watchLoop(work: () => Promise<unknown>): Promise<LoopReport> {
  const before = process.memoryUsage().arrayBuffers;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await delay(20);
  delays.reset();
  let longestTurnMs = 0;
  let bufferBytes = 0;
  let isOver = false;
  let atMs = threadMs();
  const watch = (): void => {
    const nowMs = threadMs();
    longestTurnMs = Math.max(longestTurnMs, nowMs - atMs);
    atMs = nowMs;
    if (!isOver) setImmediate(watch);
  };
  const sample = setInterval(() => {
    bufferBytes = Math.max(bufferBytes, process.memoryUsage().arrayBuffers - before);
  }, 10);
  const began = { ms: performance.now(), cpuMs: processMs() };
  watch();
  await work();
  const seconds = (performance.now() - began.ms) / 1_000;
  const cpuSeconds = (processMs() - began.cpuMs) / 1_000;
  isOver = true;
  clearInterval(sample);
  await delay(20);
  delays.disable();
  return { seconds, cpuSeconds, longestTurnMs, latestMs: delays.max / 1e6, bufferBytes };
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function processMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
