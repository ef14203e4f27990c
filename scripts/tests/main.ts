// All runs of tests: `node scripts/tests/main.ts CALL …`. package.json has the names of the calls; CONTRIBUTING.md explains
// them.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freshBundle, wantsSources } from "../../packages/cli/src/bundle.ts";
import { threadFiles } from "./bundled-threads.ts";
import { reachedBy, readChange } from "./change.ts";
import { conclude, runGate } from "./gate.ts";
import { readLedger } from "./ledger.ts";
import { runLedger } from "./ledger-run.ts";
import { runLong } from "./long.ts";
import { longFiles } from "./long-files.ts";
import { listLongForms, rotatingPart } from "./parts.ts";
import { endProcesses } from "./processes.ts";
import { root } from "./root.ts";
import { runSections } from "./run-section.ts";
import { listLintFiles, listUnitFiles, listVirtualFiles } from "./sections.ts";
import { runStress } from "./stress.ts";
import { laneOf, listTestFiles, secondsOf } from "./test-files.ts";
import { keepReport } from "./unstable.ts";

/** Virtual-time files of `pnpm test` take no longer. */
const quickSeconds = 1.8;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** The files that a call has without names: patterns, separated by commas. */
    in: { type: "string" },
    long: { type: "boolean" },
    keep: { type: "boolean" },
    seed: { type: "string" },
    /** A process ends after so many minutes, whatever the ledger says. */
    minutes: { type: "string" },
  },
});
const [call = "", ...names] = positionals;

function filesOf(usual: readonly string[]): string[] {
  if (names.length === 0) return [...usual];
  return names.flatMap((name) => {
    const files = listTestFiles(/[*.]/.test(name) ? name : `${name}/**/*`);
    if (files.length === 0) throw new Error(`no test file is called ${name}`);
    return files;
  });
}

function allFiles(): string[] {
  return listTestFiles("packages/*/test/**/*", "test/**/*", "!test/torrents/*");
}

/** Runs files as one section. */
async function runNamed(name: string, files: readonly string[]): Promise<boolean> {
  if (files.length === 0) console.log("no test file is meant");
  const isLong = values.long === true;
  const minutes = values.minutes === undefined ? {} : { limitSeconds: Number(values.minutes) * 60 };
  const section = { name, cpu: 0, files: () => [...files] };
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  return conclude(await runSections([{ section, options: { isLong, ...seed, ...minutes } }]));
}

function quickFiles(): string[] {
  const ledger = readLedger();
  const isQuick = (file: string): boolean =>
    laneOf(file, ledger[file]) === "D" && secondsOf(file, ledger[file]) <= quickSeconds;
  const units = listUnitFiles().filter((file) => laneOf(file, ledger[file]) !== "M");
  const real = units.filter((file) => laneOf(file, ledger[file]) === "E");
  console.log(
    `${real.length} files of unit tests start threads, processes or sockets (lane E, test/ledger.json)`,
  );
  return [...units, ...listVirtualFiles().filter(isQuick)].filter(
    (file) => !longFiles.includes(file),
  );
}

function changedFiles(): string[] {
  const change = readChange();
  console.log(`the change: ${change.files.size} files against ${change.base ?? "nothing"}`);
  const reached = reachedBy(change);
  return allFiles().filter((file) => !longFiles.includes(file) && reached.has(file));
}

/** Makes the bundle, from which the threads of tests come, unless it is fresh. Its processes need not look again. */
function prepareBundle(): void {
  if (!wantsSources() && freshBundle() === undefined) {
    const words = ["--disable-warning=ExperimentalWarning", join(root, "scripts/make-bundle.ts")];
    const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
    if (status !== 0) throw new Error("the bundle of the threads could not be made");
  }
  const { from, reason } = threadFiles();
  if (from === "bundle") return;
  process.env["TROUPE_SOURCES"] = "1";
  console.log(`threads load the sources: ${reason}`);
}

const calls: Readonly<Record<string, () => Promise<boolean>>> = {
  quick: async () => await runNamed("unit tests, and short ones in virtual time", quickFiles()),
  lint: async () => await runNamed("docs, structure", listLintFiles()),
  changed: async () => await runNamed("tests that import a changed file", changedFiles()),
  files: async () =>
    await runNamed("tests", filesOf(listTestFiles(...(values.in ?? "").split(",")))),
  gate: runGate,
  rotating: async () => conclude(await runSections([rotatingPart()])),
  long: async () => await runLong(names),
  ledger: async () => {
    const files = filesOf(values.long === true ? listLongForms() : allFiles());
    return await runLedger(files, { isLong: values.long === true, all: allFiles() });
  },
  stress: async () => await runStress(filesOf([])),
  unstable: async () => {
    if (values.keep === true) console.log(`${keepReport()} runs are kept in test/unstable.jsonl`);
    return await Promise.resolve(true);
  },
};

// A run that is interrupted leaves no process behind.
process.env["TEST_RUNNER"] = String(process.pid);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endProcesses(`TEST_RUNNER=${process.pid}\0`);
    process.exit(130);
  });
}

const run = calls[call];
if (run === undefined) {
  console.error(`main.ts CALL: ${Object.keys(calls).join(", ")}`);
  process.exit(2);
}
try {
  prepareBundle();
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  console.error(error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}
