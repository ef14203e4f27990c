// A load test by the command, as a process of its own: its exit code, what it prints, and its result.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readResult, type LoadTestResult, type ScenarioFile } from "@troupe/load-tester";
import { RunTotals } from "../../../packages/load-tester/src/results/merge/run-totals.ts";
import { temporaryFolder } from "../files/temporary-folder.ts";
import { startProcess, type RunningProcess } from "../programs/process.ts";

const troupe = fileURLToPath(new URL("../../../packages/cli/bin/troupe.mjs", import.meta.url));

/** Words of the command before those of a call. */
export const loadTestCommand: readonly string[] = [process.execPath, troupe, "load-test"];

/** How a load test is started. */
export interface LoadRunOptions {
  /** Further words of the command line. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a load test ended. */
export interface LoadRunEnd {
  readonly status: number | undefined;
  readonly result: LoadTestResult;
  readonly totals: RunTotals;
}

/** A running load test. */
export class LoadRun implements AsyncDisposable {
  readonly #process: RunningProcess;
  readonly #folder: Disposable & { readonly path: string };

  private constructor(process: RunningProcess, folder: Disposable & { readonly path: string }) {
    this.#process = process;
    this.#folder = folder;
  }

  static async start(scenario: ScenarioFile, options: LoadRunOptions = {}): Promise<LoadRun> {
    const folder = temporaryFolder("load-run");
    const { words = [], environment = {} } = options;
    const file = join(folder.path, "run.yaml");
    writeFileSync(file, JSON.stringify(scenario));
    const result = ["--json", "--result", join(folder.path, "result.json")];
    const started = await startProcess([...loadTestCommand, file, ...result, ...words], {
      environment,
    });
    return new LoadRun(started, folder);
  }

  /** Resolves when so many seconds of the load are over. */
  async seconds(count: number): Promise<void> {
    const isOver = (): true | undefined =>
      this.#process.lines.filter((line) => line.includes('"event":"load-second"')).length >= count
        ? true
        : undefined;
    await this.#process.waitFor(`${count} seconds of load`, isOver);
  }

  /** Waits for its end. @throws rejects when it left no result. */
  async ended(): Promise<LoadRunEnd> {
    const { status } = await this.#process.exited;
    const result = await readResult(join(this.#folder.path, "result.json")).catch(() => {
      throw new Error(`the load test left no result: ${this.#process.tail()}`);
    });
    return { status, result, totals: RunTotals.ofResult(result) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    this.#folder[Symbol.dispose]();
  }
}

/** Runs a load test to its end. */
export async function runLoadTest(
  scenario: ScenarioFile,
  options?: LoadRunOptions,
): Promise<LoadRunEnd> {
  await using run = await LoadRun.start(scenario, options);
  return await run.ended();
}
