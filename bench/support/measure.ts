// Runs a program and says what it cost, threads and children included: see measure.c.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  startProcess,
  type RunningProcess,
  type StartOptions,
} from "../../test/support/programs/process.ts";
import { buildNative } from "./native.ts";

/** Time and memory that one run of a program took. */
export interface Cost {
  /** Its start on the monotonic clock, which is that of `process.hrtime`. */
  readonly startedSeconds: number;
  /** From its start to its end. */
  readonly wallSeconds: number;
  /** User and system time together. */
  readonly cpuSeconds: number;
  /** Includes the pages of files that the program maps. */
  readonly peakRssBytes: number;
  /** Without such pages; sampled every 20 ms. */
  readonly peakAnonymousBytes: number;
  readonly voluntarySwitches: number;
}

interface Report extends Omit<Cost, "cpuSeconds"> {
  readonly status: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** Runs `command`. @throws rejects when it ends with anything but status 0. */
export async function runMeasured(
  command: readonly string[],
  options: StartOptions = {},
): Promise<{ cost: Cost; lines: readonly string[] }> {
  await using program = await MeasuredProgram.start(command, options);
  const exit = await program.process.exited;
  if (exit.status !== 0) {
    const end = exit.status ?? exit.signal;
    throw new Error(`${command[0]} ended with ${end}: ${program.process.tail()}`);
  }
  return { cost: program.cost(), lines: program.process.lines };
}

/** A running program whose cost is counted. */
export class MeasuredProgram implements AsyncDisposable {
  /** The process that measures: its output is that of the program. */
  readonly process: RunningProcess;
  readonly #folder: string;

  private constructor(process: RunningProcess, folder: string) {
    this.process = process;
    this.#folder = folder;
  }

  static async start(
    command: readonly string[],
    options: StartOptions = {},
  ): Promise<MeasuredProgram> {
    const measure = await buildNative(new URL("measure.c", import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), "troupe-measure-"));
    const process = await startProcess([measure, join(folder, "report.json"), ...command], options);
    return new MeasuredProgram(process, folder);
  }

  /** @returns The id of the program itself. @throws When it has ended. */
  programPid(): number {
    const { pid } = this.process;
    const [child = ""] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    if (child === "") throw new Error(`the program has ended: ${this.process.tail()}`);
    return Number(child);
  }

  /** Asks the program to end, waits for that, and returns the cost of its life. @throws rejects when it was killed. */
  async end(): Promise<Cost> {
    await this.process.stop(30_000);
    return this.cost();
  }

  /** The cost of a program that has ended. @throws When there is no report, because it was killed. */
  cost(): Cost {
    const {
      userSeconds,
      systemSeconds,
      status: _,
      ...seen
    } = JSON.parse(readFileSync(join(this.#folder, "report.json"), "utf8")) as Report;
    return { ...seen, cpuSeconds: userSeconds + systemSeconds };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
