// Runs one program of a check and says so.

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

/** What the load tester says of a load that the machine was too busy to make, and of a comparison of such runs. */
const tooBusy = /generator-saturated|prove nothing/;

/**
 * Runs a load test, or compares its results. Beside other work the machine may be too busy for the load, which the load tester
 * says: the package works all the same.
 *
 * @throws rejects as `run` does.
 */
export async function runLoadTest(
  command: readonly string[],
  options: RunOptions,
): Promise<string> {
  try {
    return await run(command, options);
  } catch (error) {
    const [said] = tooBusy.exec(String(error)) ?? [];
    if (said === undefined) throw error;
    console.log(`        the machine was too busy for the load (${said})`);
    return said;
  }
}
