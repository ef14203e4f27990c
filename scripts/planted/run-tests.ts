// Runs test files of a tree, and ends what hangs.

import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { endProcesses, LoadedClock } from "../tests/processes.ts";
import { environmentOf } from "../tests/run-files.ts";

/** Result of a run of test files. */
export interface TestRun {
  readonly isRed: boolean;
  /** Failed tests, in order. */
  readonly titles: readonly string[];
  /** The run was ended at its limit. */
  readonly isHung: boolean;
  /** Time without waiting for a core. */
  readonly seconds: number;
  /** The share of the time in which a thread of the tests waited for a core. */
  readonly waitShare: number;
}

const lookMs = 2_000;
/** The mark of all runs of this process. */
export const allRuns: string = `PLANTED_RUN=${process.pid}-`;
let runs = 0;

/** How files run. */
export interface RunTestsOptions {
  /** In the long lanes. */
  readonly isLong: boolean;
  /** Seconds without waiting for a core, after which they hang. */
  readonly limitSeconds: number;
}

/** @param files Relative to the tree; of one configuration of ava. */
export async function runTests(
  root: string,
  files: readonly string[],
  { isLong, limitSeconds }: RunTestsOptions,
): Promise<TestRun> {
  const tag = `${allRuns}${(runs += 1)}-`;
  const output = `${root}.tap`;
  const child = startAva(root, files, { tag, output, isLong });
  const clock = new LoadedClock(tag);
  const exit = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  let isHung = false;
  const look = setInterval(() => {
    clock.look();
    if (clock.seconds <= limitSeconds) return;
    isHung = true;
    endProcesses(tag);
  }, lookMs);
  const code = await exit;
  clearInterval(look);
  endProcesses(tag);
  const tap = readFileSync(output, "utf8");
  if (!isHung && !tap.startsWith("TAP version"))
    throw new Error(`ava ended with code ${code} before its first line, for ${files.join(" ")}`);
  const titles = failedTitles(tap);
  const isRed = isHung || code !== 0 || titles.length > 0;
  return { isRed, titles, isHung, seconds: clock.seconds, waitShare: clock.waitShare };
}

function startAva(
  root: string,
  files: readonly string[],
  {
    isLong,
    output,
    tag,
  }: { readonly isLong: boolean; readonly output: string; readonly tag: string },
) {
  const [name = "", value = ""] = tag.split("=");
  const { CI: _, ...variables } = process.env;
  const ava = join(root, "node_modules/ava/entrypoints/cli.js");
  const rules = [
    "--serial",
    "--tap",
    "--concurrency",
    "2",
    // Its limit counts waiting for a core; ours does not.
    "--timeout",
    "24h",
    "--config",
    configOf(root, files[0] ?? ""),
  ];
  const opened = openSync(output, "w");
  const child = spawn(process.execPath, [ava, ...rules, ...files], {
    cwd: root,
    env: {
      ...variables,
      PATH: `${join(root, "node_modules/.bin")}:${variables["PATH"] ?? ""}`,
      [name]: value,
      ...environmentOf({ isLong }),
    },
    stdio: ["ignore", opened, "ignore"],
  });
  closeSync(opened);
  return child;
}

/** The configuration of ava that a test file belongs to. */
export function configOf(root: string, file: string): string {
  const own = file.startsWith("test/interop/load-")
    ? "ava.load.config.js"
    : /^test\/(?:interop|leaks|page)\//.test(file)
      ? "ava.interop.config.js"
      : file.startsWith("test/torrents/")
        ? "ava.torrents.config.js"
        : "ava.config.js";
  return existsSync(join(root, own)) ? own : "ava.config.js";
}

/** Titles of failed tests in TAP. */
export function failedTitles(tap: string): string[] {
  return [...tap.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, title = ""]) => title);
}
