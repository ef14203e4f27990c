// Baselines: figures of earlier runs by name, in the temporary folder of this machine, or in a file that the user names.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Figures of one case. */
export interface CaseFigures {
  readonly operation: string;
  /** Time of an operation in the quickest run: other work of the machine only adds time. */
  readonly nanoseconds: number;
  /** Time of an operation ÷ time of a step of the calibration loop, the quickest of each group of runs. */
  readonly ratios: readonly number[];
}

/** @param name With a slash it is a path. */
function fileOf(name: string): string {
  return name.includes("/") ? name : join(tmpdir(), "troupe-bench", "baselines", `${name}.json`);
}

/** @returns The path of the file. */
export function saveBaseline(name: string, figures: readonly CaseFigures[]): string {
  const file = fileOf(name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
  return file;
}

/** @throws When there is no such baseline. */
export function readBaseline(name: string): readonly CaseFigures[] {
  return JSON.parse(readFileSync(fileOf(name), "utf8")) as CaseFigures[];
}
