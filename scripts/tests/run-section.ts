// Runs a section, and measures what it took.

import { spawn } from "node:child_process";
import { slowness } from "./calibration.ts";
import { childSeconds, endProcesses } from "./processes.ts";
import { latenessOf, type Lateness } from "./lateness.ts";
import { showProcess } from "./progress.ts";
import { root } from "./root.ts";
import { runFiles, type FilesOptions, type Unstable } from "./run-files.ts";
import type { Failure } from "./run-process.ts";
import type { CommandSection, Section } from "./sections.ts";

/** Result of a section, and its time. */
export interface SectionResult {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly unstable: readonly Unstable[];
  /** Tests that were left out: a machine that has what CI installs has no reason to. */
  readonly skipped: readonly string[];
  readonly seconds: number;
  /** Processor seconds of all its processes; `norm` divides them by how slow the machine was. */
  readonly cpu: number;
  readonly norm: number;
  readonly budget: number;
  readonly processes: number;
  readonly lateness: Lateness;
}

/** Runs a section with its name above and what failed below. */
export async function runSection(
  section: Section,
  options: FilesOptions = {},
): Promise<SectionResult> {
  console.log(`\n===== ${section.name}`);
  const slowBefore = slowness();
  const [cpuBefore, began] = [childSeconds(), performance.now()];
  const seen =
    "files" in section
      ? await filesOf(section.files(), options)
      : await commandOf(section, options);
  const seconds = (performance.now() - began) / 1_000;
  const cpu = childSeconds() - cpuBefore;
  const norm = cpu / ((slowBefore + slowness()) / 2);
  const { name, cpu: budget } = section;
  const result = { name, budget, seconds, cpu, norm, ...seen };
  for (const failure of result.failures) printFailure(failure);
  for (const { file, title, text } of result.unstable) {
    console.log(`UNSTABLE ${file}: ${title}\n${text.replaceAll(/^/gm, "    ")}`);
  }
  return result;
}

type Seen = Omit<SectionResult, "budget" | "cpu" | "name" | "norm" | "seconds">;

async function filesOf(files: readonly string[], options: FilesOptions): Promise<Seen> {
  const { passed, failures, unstable, processes } = await runFiles(files, {
    ended: showProcess,
    ...options,
  });
  return {
    ...{ passed, failures, unstable, processes: processes.length },
    skipped: processes.flatMap(({ skipped }) => skipped),
    lateness: latenessOf(processes),
  };
}

async function commandOf(
  { name, command: [program, ...words], limitSeconds }: CommandSection,
  { environment }: FilesOptions,
): Promise<Seen> {
  const tag = `${process.pid} ${name}`;
  const child = spawn(program, words, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...environment, TEST_RUN_COMMAND: tag },
  });
  const limit = setTimeout(() => endProcesses(`TEST_RUN_COMMAND=${tag}`), limitSeconds * 1_000);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.on("exit", (code, signal) =>
    resolve(code === 0 ? undefined : `ended with ${signal ?? code}`),
  );
  const text = await promise;
  clearTimeout(limit);
  const failures = text === undefined ? [] : [{ file: name, title: "", text }];
  return { passed: 0, failures, unstable: [], skipped: [], processes: 1, lateness: latenessOf([]) };
}

/** Prints a failure so that it can be found by "not ok". */
export function printFailure({ file, title, text }: Failure): void {
  console.log(
    `not ok ${file}${title === "" ? "" : ` › ${title}`}\n${text.replaceAll(/^/gm, "    ")}`,
  );
}
