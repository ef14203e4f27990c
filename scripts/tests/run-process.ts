// Runs the files of a group in one process of ava, one test at a time.

import { spawn } from "node:child_process";
import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import type { TestEvent } from "./events.ts";
import { root } from "./root.ts";
import { openFolder } from "./temporary-place.ts";
import type { Group } from "./test-files.ts";
import type { FactsLine } from "./watch.ts";

/** A test that failed, or what else did. */
export interface Failure {
  readonly file: string;
  /** Empty where no test failed but its process. */
  readonly title: string;
  /** What was seen, as TAP has it. */
  readonly text: string;
}

/** What a process has told. */
export interface ProcessResult {
  readonly group: Group;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly failures: readonly Failure[];
  readonly facts: readonly FactsLine[];
  readonly seconds: number;
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
}

const cli = join(root, "node_modules/ava/entrypoints/cli.js");
const groupFolder = "dist/test-groups";

/** Runs a group to its end, or to its limit. */
export async function runProcess(group: Group, options: RunOptions): Promise<ProcessResult> {
  const folder = openFolder(options.temporaryFolder);
  const [events, facts, log] = ["events", "facts", "log"].map((name) => join(folder, name));
  const began = performance.now();
  const isHung = await ended(group, folder, options);
  const seconds = (performance.now() - began) / 1_000;
  const told = linesOf<TestEvent>(events ?? "");
  const output = readFileSync(log ?? "", "utf8");
  const result = {
    group,
    ...counted(group, told, output, isHung ? options.limitSeconds : undefined),
    facts: linesOf<FactsLine>(facts ?? ""),
    seconds,
  };
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** Whether the process had to be ended. */
async function ended(group: Group, folder: string, options: RunOptions): Promise<boolean> {
  const [first = ""] = group.files;
  const isAlone = group.files.length === 1;
  const file = isAlone ? first : writeGroup(group);
  const temporary = join(folder, "t");
  mkdirSync(temporary, { mode: 0o1777 });
  const log = openSync(join(folder, "log"), "w");
  const child = spawn(process.execPath, [cli, "--tap", "--timeout=100h", file], {
    cwd: root,
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      ...process.env,
      ...options.environment,
      CI: "true",
      TMPDIR: temporary,
      TEST_RUN_EVENTS: join(folder, "events"),
      TEST_RUN_FACTS: join(folder, "facts"),
      TEST_RUN_LIMIT: String(options.limitSeconds - 3),
      TEST_RUN_LEFT_OUT: JSON.stringify(options.leftOut ?? []),
      ...(isAlone && { TEST_RUN_FILE: first }),
    },
  });
  closeSync(log);
  const { promise, resolve } = Promise.withResolvers<void>();
  child.on("exit", () => resolve());
  let isHung = false;
  const limit = setTimeout(() => {
    isHung = true;
    for (const pid of withDescendants(child.pid ?? 0)) kill(pid);
  }, options.limitSeconds * 1_000);
  await promise;
  clearTimeout(limit);
  return isHung;
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

function counted(
  group: Group,
  told: readonly TestEvent[],
  output: string,
  limitSeconds: number | undefined,
): Pick<ProcessResult, "passed" | "skipped" | "failures" | "durations"> {
  const durations = new Map<string, number>();
  const failures: Failure[] = [];
  const pending = new Set<string>();
  let passed = 0;
  const skipped: string[] = [];
  for (const event of told) {
    if (event.type === "declared") pending.add(event.title);
    else if (event.type === "skipped") skipped.push(event.title);
    else if (event.type === "crashed") failures.push(failureOf(group, "", event.text));
    else {
      pending.delete(event.title);
      durations.set(event.title, event.ms);
      if (event.type === "passed") passed++;
      else failures.push(failureOf(group, event.title, tapOf(output, event.title)));
    }
  }
  const tail = output
    .split("\n")
    .filter((line) => line !== "")
    .slice(-25)
    .join("\n");
  const [unended] = pending;
  if (limitSeconds !== undefined) {
    failures.push(failureOf(group, unended ?? "", `ended after ${limitSeconds} s\n${tail}`));
  } else if (unended !== undefined) {
    failures.push(failureOf(group, unended, `its process ended before it\n${tail}`));
  } else if (told.length === 0) failures.push(failureOf(group, "", `no test ran\n${tail}`));
  return { passed, skipped, failures, durations };
}

function failureOf({ files }: Group, title: string, text: string): Failure {
  if (files.length === 1) return { file: files[0] ?? "", title, text };
  const file = files.find((path) => title.startsWith(`${path} › `)) ?? "";
  return { file, title: title.slice(file === "" ? 0 : file.length + 3), text };
}

/** The block of a failed test in the output. */
function tapOf(output: string, title: string): string {
  const start = output.search(new RegExp(`^not ok \\d+ - ${escaped(title)}`, "m"));
  if (start < 0) return "";
  const end = output.indexOf("\n  ...", start);
  return output
    .slice(output.indexOf("\n", start) + 1, end < 0 ? start + 4_000 : end)
    .slice(0, 6_000);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

function linesOf<Line>(path: string): Line[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
  } catch {
    return [];
  }
}

/** A process and all that it has started, also those that lead a session of their own. */
function withDescendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.split(") ").at(-1)?.split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const all = [pid];
  for (const each of all) all.push(...(children.get(each) ?? []));
  return all;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
