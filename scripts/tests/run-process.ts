// Runs the files of a group in one process of ava, one test at a time.

import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { runAva, type ProcessEnd } from "./ava-process.ts";
import type { TestEvent } from "./events.ts";
import { endProcesses } from "./processes.ts";
import { root } from "./root.ts";
import { openFolder } from "./temporary-place.ts";
import type { Group } from "./test-files.ts";
import type { FactsLine } from "./watch.ts";

/** A failed test, or a failed process. */
export interface Failure {
  readonly file: string;
  /** Empty where no test failed but its process. */
  readonly title: string;
  /** The error with its values and stack. */
  readonly text: string;
}

/** Result of one process. */
export interface ProcessResult {
  readonly group: Group;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly failures: readonly Failure[];
  readonly facts: readonly FactsLine[];
  readonly seconds: number;
  /** Processor seconds. */
  readonly cpu: number;
  /** Milliseconds of tests by title. */
  readonly durations: ReadonlyMap<string, number>;
}

/** How a process is run. */
export interface RunOptions {
  readonly temporaryFolder: string;
  /** Ended after so long. */
  readonly limitSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Full titles of tests that are not run. */
  readonly leftOut?: readonly string[];
  /** Full titles of the tests that are run; all without it. */
  readonly only?: readonly string[];
}

/** Runs beside each other have groups of their own. */
const groupFolder = `dist/test-groups/${process.pid}`;

/** Files of lane E whose tests start engines in their own process. */
const startsEngines = /^(?:test|packages\/(?:coordinator|service))\//;

/** Runs a group to its end, or to its limit. */
export async function runProcess(group: Group, options: RunOptions): Promise<ProcessResult> {
  const folder = openFolder(options.temporaryFolder);
  const began = performance.now();
  const told: TestEvent[] = [];
  const end = await ended(group, folder, options, (event) => void told.push(event));
  const seconds = (performance.now() - began) / 1_000;
  const output = readFileSync(join(folder, "log"), "utf8");
  const result = {
    group,
    ...counted(group, told, output, reasonOf(end, options.limitSeconds)),
    facts: factsOf(join(folder, "facts")),
    seconds,
    cpu: end.cpu,
  };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** How a process ended; `isHung`: at its limit. */
interface End extends ProcessEnd {
  readonly isHung: boolean;
}

async function ended(
  group: Group,
  folder: string,
  options: RunOptions,
  told: (event: TestEvent) => void,
): Promise<End> {
  const [first = ""] = group.files;
  const isAlone = group.files.length === 1;
  const file = isAlone ? first : writeGroup(group);
  const temporary = join(folder, "t");
  mkdirSync(temporary, { mode: 0o1777 });
  const facts = join(folder, "facts");
  let isHung = false;
  const endAll = (): void => endProcesses(`TEST_RUN_FACTS=${facts}`);
  const limit = setTimeout(() => {
    isHung = true;
    endAll();
  }, options.limitSeconds * 1_000);
  const output = openSync(join(folder, "log"), "w");
  const environment = {
    ...options.environment,
    CI: "true",
    NODE_COMPILE_CACHE: join(root, "node_modules/.cache/compiled"),
    TMPDIR: temporary,
    TEST_RUN_FACTS: facts,
    TEST_RUN_LIMIT: String(options.limitSeconds - 3),
    TEST_RUN_LEFT_OUT: JSON.stringify(options.leftOut ?? []),
    ...(options.only !== undefined && { TEST_RUN_ONLY: JSON.stringify(options.only) }),
    ...(isAlone && { TEST_RUN_FILE: first }),
  };
  const hasEngines = group.lane === "E" && group.files.some((name) => startsEngines.test(name));
  const yields = group.lane === "D";
  const end = await runAva({ file, environment, hasEngines, output, yields }, told);
  closeSync(output);
  clearTimeout(limit);
  // Programs that a failed test left behind.
  endAll();
  if (!isAlone) rmSync(join(root, file), { force: true });
  return { ...end, isHung };
}

/** A file that imports all files of a group. */
function writeGroup({ name, files }: Group): string {
  const path = `${groupFolder}/${name}.test.ts`;
  mkdirSync(join(root, groupFolder), { recursive: true });
  const up = relative(groupFolder, ".").replaceAll("\\", "/");
  const lines = files.map(
    (file) =>
      `import "${up}/scripts/tests/in-file.ts?${encodeURIComponent(file)}";\nimport "${up}/${file}";\n`,
  );
  writeFileSync(join(root, path), lines.join(""));
  return path;
}

/** Undefined for a process that ended well. */
function reasonOf({ code, isHung, signal }: End, limitSeconds: number): string | undefined {
  if (isHung) return `it was ended after ${limitSeconds.toFixed(0)} s`;
  return code === 0 ? undefined : `its process ended with ${signal ?? code}`;
}

function counted(
  group: Group,
  told: readonly TestEvent[],
  output: string,
  reason: string | undefined,
): Pick<ProcessResult, "passed" | "skipped" | "failures" | "durations"> {
  const durations = new Map<string, number>();
  const failures: Failure[] = [];
  const pending = new Set<string>();
  let passed = 0;
  const skipped: string[] = [];
  for (const event of told) {
    if (event.type === "declared") pending.add(event.title);
    else if (event.type === "known") continue;
    else if (event.type === "skipped") skipped.push(event.title);
    else if (event.type === "crashed") failures.push(failureOf(group, "", event.text));
    else {
      pending.delete(event.title);
      durations.set(event.title, event.ms);
      if (event.type === "passed") passed++;
      else failures.push(failureOf(group, event.title, event.text));
    }
  }
  const tail = output
    .split("\n")
    .filter((line) => line !== "")
    .slice(-25)
    .join("\n");
  const why = `${reason ?? "its process ended before it"}\n${tail}`;
  for (const title of pending) failures.push(failureOf(group, title, why));
  if (failures.length === 0 && reason !== undefined) failures.push(failureOf(group, "", why));
  if (failures.length === 0 && told.length === 0) {
    failures.push(failureOf(group, "", `no test was declared\n${tail}`));
  }
  return { passed, skipped, failures, durations };
}

function failureOf({ files }: Group, title: string, text: string): Failure {
  if (files.length === 1) return { file: files[0] ?? "", title, text };
  const file = files.find((path) => title.startsWith(`${path} › `)) ?? "";
  return { file, title: title.slice(file === "" ? 0 : file.length + 3), text };
}

/** The lines of the watch; one that was cut off at its end is left out. */
function factsOf(path: string): FactsLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as FactsLine);
}
