// Puts the machine in the same state before every run, so that runs can be compared.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { freemem } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { runProcess } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

const mebibyte = 1 << 20;

/**
 * Waits for quiet, reads the source file into the page cache and warms memory.
 *
 * @returns The share of all cores that was busy all the same.
 */
export async function prepareMachine(sourceFile: string): Promise<number> {
  await waitForQuiet();
  readIntoPageCache(sourceFile);
  await warmMemory();
  return await busyShare();
}

/**
 * Touches memory and gives it back: see warm.c for what happens without it. Twice the payload is not enough, because
 * the kernel takes its pages from anywhere: with 2.5 GiB every third run was slow, with 8 GiB none.
 */
async function warmMemory(): Promise<void> {
  const program = await buildNative(new URL("warm.c", import.meta.url));
  const lengthBytes = Math.min(8 * 1024 * mebibyte, freemem() / 2);
  await runProcess([program, String(Math.floor(lengthBytes / mebibyte))]);
}

function readIntoPageCache(path: string): void {
  const chunk = Buffer.allocUnsafe(mebibyte);
  const file = openSync(path, "r");
  try {
    while (readSync(file, chunk) > 0);
  } finally {
    closeSync(file);
  }
}

/** Share of all cores that is busy, 0 to 1, over 300 ms in which this process does nothing. */
async function busyShare(): Promise<number> {
  const before = cpuTicks();
  await delay(300);
  const after = cpuTicks();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

/** Waits until other work leaves the machine alone, at most `limitMs`. */
async function waitForQuiet(limitMs = 30_000): Promise<void> {
  for (let left = limitMs / 1_000; left > 0 && (await busyShare()) > 0.15; left--) {
    await delay(700);
  }
}

function cpuTicks(): { idle: number; all: number } {
  const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  // user nice system idle iowait irq softirq steal
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { idle, all: ticks.reduce((sum, value) => sum + value, 0) };
}
