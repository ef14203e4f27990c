// Runs sections, and measures what each took.

import { spawn } from "node:child_process";
import { slowness } from "./calibration.ts";
import { Lanes } from "./lanes.ts";
import { latenessOf, type Lateness } from "./lateness.ts";
import { endedSeconds, endProcesses, yieldToOthers } from "./processes.ts";
import { showProcess } from "./progress.ts";
import { root } from "./root.ts";
import { environmentOf, FilesRun, type FilesOptions, type Unstable } from "./run-files.ts";
import type { Failure } from "./run-process.ts";
import type { CommandSection, FilesSection, Section } from "./sections.ts";

/** A section, and how it is run. */
export interface Part {
  readonly section: Section;
  readonly options: FilesOptions;
}

/** Result of a section, and its time. */
export interface SectionResult {
  readonly name: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  readonly unstable: readonly Unstable[];
  /** Tests that were left out: a machine that has what CI installs has no reason to. */
  readonly skipped: readonly string[];
  /** From its first process to the end of its last. Sections that run beside each other share that time. */
  readonly seconds: number;
  /** Processor seconds of all its processes; `norm` divides them by how slow the machine was. */
  readonly cpu: number;
  readonly norm: number;
  readonly budget: number;
  readonly processes: number;
  readonly lateness: Lateness;
}

/** The run of a section. */
interface SectionRun {
  /** Runs the processes that may have others beside them. */
  beside(lanes: Lanes): Promise<void>;
  /** Runs the processes that need the machine for themselves. */
  alone(): Promise<void>;
  result(): SectionResult;
}

/** Runs sections beside each other: their processes wait for a place of their lane. */
export async function runSections(parts: readonly Part[]): Promise<SectionResult[]> {
  console.log(`\n===== ${parts.map(({ section }) => section.name).join("; ")}`);
  const lanes = new Lanes();
  const runs = parts.map(({ section, options }): SectionRun =>
    "files" in section ? filesRun(section, options) : commandRun(section, options),
  );
  await Promise.all(runs.map(async (run) => await run.beside(lanes)));
  for (const run of runs) await run.alone();
  return runs.map((run) => run.result());
}

function filesRun({ cpu, files, name }: FilesSection, options: FilesOptions): SectionRun {
  const run = new FilesRun(files(), { ended: showProcess, ...options });
  return {
    beside: async (lanes) => await run.beside(lanes),
    alone: async () => await run.alone(),
    result() {
      const { processes, ...seen } = run.result();
      return {
        ...seen,
        name,
        budget: cpu,
        processes: processes.length,
        skipped: processes.flatMap(({ skipped }) => skipped),
        lateness: latenessOf(processes),
      };
    },
  };
}

/** A command has a place of lane D: it waits for nothing but a core. */
function commandRun(section: CommandSection, options: FilesOptions): SectionRun {
  const { name, cpu: budget, turn } = section;
  const priority = turn === "first" ? Infinity : 0;
  const rest = { passed: 0, unstable: [], skipped: [], processes: 1, lateness: latenessOf([]) };
  let ended: CommandEnd = { failures: [], seconds: 0, cpu: 0 };
  let norm = 0;
  return {
    async beside(lanes) {
      ended = await lanes.use(
        "D",
        priority,
        async () => await runCommand(section, environmentOf(options)),
      );
      norm = ended.cpu / slowness();
      const state = ended.failures.length === 0 ? "ok" : "FAILED";
      console.log(`${state} ${name} (${ended.seconds.toFixed(1)} s)`);
    },
    alone: async () => await Promise.resolve(),
    result: () => ({ ...rest, ...ended, name, budget, norm }),
  };
}

type CommandEnd = Pick<SectionResult, "cpu" | "failures" | "seconds">;

async function runCommand(
  { name, command: [program, ...words], limitSeconds }: CommandSection,
  environment: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const began = performance.now();
  const tag = `${process.pid} ${name}`;
  const child = spawn(program, words, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...environment, TEST_RUN_COMMAND: tag },
  });
  yieldToOthers(child);
  const limit = setTimeout(() => endProcesses(`TEST_RUN_COMMAND=${tag}`), limitSeconds * 1_000);
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  child.on("exit", (code, signal) => {
    const failure = { file: name, title: "", text: `ended with ${signal ?? code}` };
    resolve({
      failures: code === 0 ? [] : [failure],
      seconds: (performance.now() - began) / 1_000,
      cpu: endedSeconds(),
    });
  });
  const end = await promise;
  clearTimeout(limit);
  return end;
}
