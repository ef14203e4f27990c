// Runs one program of a check and says so.

import { isLong } from "../support/lanes.ts";
import { runProcess } from "../support/programs/process.ts";

/** Where and how a program runs. */
export interface RunOptions {
  readonly folder: string;
  /** Home folder: its `.npmrc` and caches are all that package managers find. */
  readonly home: string;
  /** Folders that programs are looked for in first. */
  readonly path?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** @returns What it printed on standard output. @throws rejects when it exits with anything but 0. */
export async function run(
  command: readonly string[],
  { folder, home, path = [], environment = {} }: RunOptions,
): Promise<string> {
  const lines = await runProcess(command, {
    folder,
    environment: {
      HOME: home,
      npm_config_userconfig: `${home}/.npmrc`,
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      npm_config_loglevel: "error",
      CI: "true",
      ...environment,
      PATH: [...path, process.env["PATH"] ?? ""].join(":"),
    },
  });
  return lines.join("\n");
}

/** Prints the name of a check, runs it, and counts it. */
export class Checks {
  passed = 0;
  failed = 0;

  async check(name: string, work: () => Promise<void>): Promise<void> {
    const started = performance.now();
    try {
      await work();
      this.passed += 1;
      console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.failed += 1;
      console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** Load tests judge times: one of three runs must have the machine to itself. */
const calmTries = 3;

/**
 * Runs a load test, again when the machine was too busy to make the load, as it may be beside the other sections of CI. The
 * long lanes, which run nothing beside it, take no such excuse.
 *
 * @returns Whether the load was made.
 * @throws rejects as `run` does.
 */
export async function runLoadTest(
  command: readonly string[],
  options: RunOptions,
): Promise<boolean> {
  for (let tries = 1; tries <= calmTries; tries++) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      await run(command, options);
      return true;
    } catch (error) {
      const isBusy = String(error).includes("generator-saturated");
      if (!isBusy || (isLong && tries === calmTries)) throw error;
    }
  }
  console.log("        the machine was too busy to make the load (generator-saturated)");
  return false;
}
