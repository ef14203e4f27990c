// Plants faults and shows which of them the tests catch: pnpm test:planted [--only 3,7] [--count 40] [--tree DIR]
// [--long] [--verdicts FILE] [--against FILE] [--calm 4]. A fault with a verdict in the file is not planted again. The tests
// are those of the gate, with `--long` those of the long lanes. `--calm` is the number of other threads that want a core,
// above which no test begins.

import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readFaults, type Fault } from "./faults.ts";
import { secondsIn } from "./batches.ts";
import { measure } from "./measure.ts";
import { readTestGraph } from "./nearest.ts";
import { endProcesses } from "../tests/processes.ts";
import { allRuns, runTests } from "./run-tests.ts";
import { memoryFolder, Tree } from "./trees.ts";
import { appendVerdict, compareVerdicts, readVerdicts, type Verdict } from "./verdicts.ts";

const repository = join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    count: { type: "string" },
    tree: { type: "string", default: repository },
    verdicts: { type: "string", default: join(repository, "reports/planted.jsonl") },
    against: { type: "string" },
    long: { type: "boolean", default: false },
    calm: { type: "string", default: "Infinity" },
  },
});
const file = resolve(values.verdicts);
const faults = chosenFaults();
const known = readVerdicts(file);
const due = faults.filter(({ id }) => !known.has(id));
if (due.length > 0) await measureAll(due);
summarize(readVerdicts(file));
if (values.against !== undefined) compare(resolve(values.against));

function chosenFaults(): readonly Fault[] {
  const all = readFaults(join(repository, "test/planted.json"));
  const ids = values.only?.split(",").map(Number);
  if (ids !== undefined) return all.filter(({ id }) => ids.includes(id));
  return all.slice(0, values.count === undefined ? all.length : Number(values.count));
}

async function measureAll(faultsToPlant: readonly Fault[]): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const from = resolve(values.tree);
  const folder = memoryFolder();
  process.once("exit", () => {
    endProcesses(allRuns);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  const [faulty, clean] = [
    new Tree(from, join(folder, "faulty")),
    new Tree(from, join(folder, "clean")),
  ];
  const scene = {
    faulty,
    clean,
    runTests,
    graph: readTestGraph(from, values.long ? [] : await longFilesOf(from)),
    secondsOf: secondsIn(from, values.long),
    isLong: values.long,
    mostRunning: Number(values.calm),
  };
  for (const fault of faultsToPlant) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      const verdict = await measure(scene, fault);
      appendVerdict(file, verdict);
      console.log(sentence(fault, verdict));
    } catch (error) {
      process.exitCode = 1;
      console.log(`${label(fault)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The files that the gate of a tree leaves out: none before it had lanes. */
async function longFilesOf(tree: string): Promise<readonly string[]> {
  const path = join(tree, "scripts/tests/long-files.ts");
  if (!existsSync(path)) return [];
  const { longFiles } = (await import(path)) as { longFiles: readonly string[] };
  return longFiles;
}

function sentence(fault: Fault, { verdict, file: by, title, seconds, files }: Verdict): string {
  const which = label(fault);
  if (verdict === "not-loaded") return `${which}: no process loaded ${fault.path}`;
  if (verdict === "survived") return `${which}: survived ${files} files of tests in ${seconds} s`;
  return `${which}: caught by ${by} in ${seconds} s: ${title}`;
}

function label({ id, kind, path }: Fault): string {
  return `${id} ${kind} ${path}`;
}

function summarize(verdicts: ReadonlyMap<number, Verdict>): void {
  const all = [...verdicts.values()];
  const count = (verdict: Verdict["verdict"]): number =>
    all.filter((each) => each.verdict === verdict).length;
  console.log(`${count("caught")} caught, ${count("survived")} survived`);
  if (count("not-loaded") === 0) return;
  console.log(`${count("not-loaded")} in files that no process loaded`);
  process.exitCode = 1;
}

function compare(against: string): void {
  const { both, onlyBefore, onlyNow, neither } = compareVerdicts(
    readVerdicts(against),
    readVerdicts(file),
  );
  console.log(`against ${against}, of the faults with a verdict in both:`);
  console.log(`caught in both: ${both.join(", ") || "none"}`);
  console.log(`caught there alone: ${onlyBefore.join(", ") || "none"}`);
  console.log(`caught here alone: ${onlyNow.join(", ") || "none"}`);
  console.log(`caught in neither: ${neither.join(", ") || "none"}`);
  if (onlyBefore.length > 0) process.exitCode = 1;
}
