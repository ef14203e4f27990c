// Runs a program to its end and says what it cost, threads and children included: see measure.c.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess, type StartOptions } from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** Time and memory that one run of a program took. */
export interface Cost {
  /** From its start to its end. */
  readonly wallSeconds: number;
  /** User and system time together. */
  readonly cpuSeconds: number;
  readonly peakRssBytes: number;
}

interface Report {
  readonly wallSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly peakRssBytes: number;
}

/** Runs `command`. @throws rejects when it ends with anything but status 0. */
export async function runMeasured(
  command: readonly string[],
  options: StartOptions = {},
): Promise<{ cost: Cost; lines: readonly string[] }> {
  const measure = await buildNative(new URL("measure.c", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "troupe-measure-"));
  try {
    const report = join(folder, "report.json");
    await using child = await startProcess([measure, report, ...command], options);
    const exit = await child.exited;
    if (exit.status !== 0) {
      throw new Error(`${command[0]} ended with ${exit.status ?? exit.signal}: ${child.tail()}`);
    }
    const seen = JSON.parse(readFileSync(report, "utf8")) as Report;
    const cpuSeconds = seen.userSeconds + seen.systemSeconds;
    const { wallSeconds, peakRssBytes } = seen;
    return { cost: { wallSeconds, cpuSeconds, peakRssBytes }, lines: child.lines };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
