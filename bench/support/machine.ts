// Puts the machine in the same state before every run, so that runs can be compared.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { runProcess } from "../../test/support/process.ts";
import { buildNative } from "./native.ts";

const mebibyte = 1 << 20;

/** Touches memory and gives it back: see warm.c for what happens without it. */
export async function warmMemory(lengthBytes: number): Promise<void> {
  const program = await buildNative(new URL("warm.c", import.meta.url));
  await runProcess([program, String(Math.ceil(lengthBytes / mebibyte))]);
}

/** Reads a file once, so that it lies in the page cache. */
export function readIntoPageCache(path: string): void {
  const chunk = Buffer.allocUnsafe(mebibyte);
  const file = openSync(path, "r");
  try {
    while (readSync(file, chunk) > 0);
  } finally {
    closeSync(file);
  }
}

/** Share of all cores that is busy, 0 to 1, over 300 ms in which this process does nothing. */
export async function busyShare(): Promise<number> {
  const before = cpuTicks();
  await delay(300);
  const after = cpuTicks();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** Waits until other work leaves the machine alone, at most `limitMs`. @returns the last busy share seen. */
export async function waitForQuiet(limitMs = 30_000): Promise<number> {
  const triesLeft = Math.ceil(limitMs / 1_000);
  let busy = await busyShare();
  for (let i = 0; i < triesLeft && busy > 0.15; i++) {
    await delay(700);
    busy = await busyShare();
  }
  return busy;
}

function cpuTicks(): { idle: number; all: number } {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  // user nice system idle iowait irq softirq steal
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { idle, all: ticks.reduce((sum, value) => sum + value, 0) };
}
