// `pnpm test:fuzz`: the long form. Every target gets its share of the time or a number of inputs.
//
//   pnpm test:fuzz --minutes 30              all targets, a minute or so each
//   pnpm test:fuzz --inputs 100000 bencode   targets with "bencode" in their name
//   pnpm test:fuzz --seed 7 frame-reader     the same inputs each time
//   pnpm test:fuzz --keep                    writes what reaches new code into the corpus

import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { corpusDirectory, digestOf, dropInput, keepInput, readCorpus } from "./engine/corpus.ts";
import { Fuzzer } from "./engine/fuzzer.ts";
import { ProgressLine, megabytes } from "./engine/progress.ts";
import type { FuzzTarget } from "./engine/target.ts";
import { Watchdog } from "./engine/watchdog.ts";
import { targets } from "./targets/index.ts";

const help = `pnpm test:fuzz [--minutes N | --inputs N] [--seed S] [--keep] [--unguided] [--list] [TARGET …]

  --minutes N   in all, shared among the targets (10)
  --inputs N    for each target instead
  --seed S      the same seed and corpus give the same inputs (drawn)
  --keep        writes inputs that reach new code into test/fuzz/corpus, and drops those that reach nothing of their own
  --unguided    without coverage: a third faster, keeps nothing
  --findings D  where inputs are written for which an oracle does not hold (a temporary folder)
  --list        the targets and what must hold for each
`;

/** Inputs between two lines of progress. */
const roundInputs = 2_000;
/** Memory kept per input may not add up: growth beyond this after the first quarter is a finding. */
const mostGrowthBytes = 24 * 1_048_576;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    keep: { type: "boolean" },
    unguided: { type: "boolean" },
    findings: { type: "string" },
    list: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The outcome of one target. */
interface Outcome {
  readonly inputs: number;
  readonly findings: number;
}

const seed = values.seed ?? String(Math.trunc(Math.random() * 1e9));
const findingsDirectory = values.findings ?? join(tmpdir(), "troupe-fuzz-findings");
const chosen = targets.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);

process.exitCode = await main();

async function main(): Promise<number> {
  if (values.help === true) return say(help);
  if (values.list === true) {
    return say(chosen.map(({ name, oracle }) => `${name}\n    ${oracle}\n`).join(""));
  }
  if (chosen.length === 0) return say("no target has that in its name; --list shows them\n") + 2;
  say(`seed ${seed}, ${chosen.length} targets, findings go to ${findingsDirectory}\n`);
  const first = await memoryNow();
  let inputs = 0;
  let findings = 0;
  for (const target of chosen) {
    const outcome = await fuzz(target);
    inputs += outcome.inputs;
    findings += outcome.findings;
  }
  const last = await memoryNow();
  say(
    `${inputs.toLocaleString("en")} inputs, ${findings} findings, RSS ${megabytes(first.rss)} at the start, ${megabytes(last.rss)} at the end\n`,
  );
  return findings === 0 ? 0 : 1;
}

async function fuzz(target: FuzzTarget): Promise<Outcome> {
  const folder = join(findingsDirectory, target.name);
  const watchdog = new Watchdog(join(tmpdir(), `troupe-fuzz-hang-${target.name}`));
  let findings = 0;
  const fuzzer = new Fuzzer(target, {
    seed,
    corpus: readCorpus(corpusDirectory, target.name).map(({ bytes }) => bytes),
    isGuided: values.unguided !== true,
    beforeInput: (input) => watchdog.beat(input),
    found: ({ kind, message }, input) => {
      findings += 1;
      const path = keepInput(findingsDirectory, target.name, input);
      say(`\n${kind}: ${target.name}: ${message}\n  ${input.length} bytes in ${path}\n`);
    },
  });
  await fuzzer.replay();
  const progress = new ProgressLine(fuzzer);
  const isDone = budget(fuzzer);
  const corpusBefore = fuzzer.corpus.length;
  let base: number | undefined;
  for (let share = isDone(); share < 1; share = isDone()) {
    await fuzzer.go(roundInputs);
    if (base === undefined && share >= 0.25) base = (await memoryNow()).used;
    progress.show();
  }
  const grownBytes = (await memoryNow()).used - (base ?? Infinity);
  progress.end(grownBytes);
  if (grownBytes > mostGrowthBytes) {
    findings += 1;
    say(
      `memory: ${target.name} keeps ${megabytes(grownBytes)} more than after a quarter of its inputs, see ${folder}\n`,
    );
  }
  if (values.keep === true && fuzzer.corpus.length > corpusBefore) await keep(fuzzer);
  fuzzer.close();
  await watchdog.close();
  return { inputs: fuzzer.inputs, findings };
}

/** @returns How much of the target's share is used, from 0 to 1. */
function budget(fuzzer: Fuzzer): () => number {
  if (values.inputs !== undefined) {
    const wanted = Number(values.inputs);
    return () => fuzzer.inputs / wanted;
  }
  const shareMs = (Number(values.minutes ?? 10) * 60_000) / chosen.length;
  const startedMs = performance.now();
  return () => (performance.now() - startedMs) / shareMs;
}

async function keep(fuzzer: Fuzzer): Promise<void> {
  const { name } = fuzzer.target;
  const named = readCorpus(corpusDirectory, name).filter((file) => !isDrawn(file.name));
  const namedDigests = named.map(({ bytes }) => digestOf(bytes));
  const fresh = (await fuzzer.distilled()).filter(
    (bytes) => !namedDigests.includes(digestOf(bytes)),
  );
  const kept = new Set(fresh.map((bytes) => keepInput(corpusDirectory, name, bytes)));
  for (const file of readCorpus(corpusDirectory, name)) {
    const isNamed = named.some((other) => other.name === file.name);
    if (!isNamed && !kept.has(join(corpusDirectory, name, file.name))) {
      dropInput(corpusDirectory, name, file.name);
    }
  }
}

/** Whether an input has its digest for a name; those that people named are kept in any case. */
function isDrawn(name: string): boolean {
  return /^[0-9a-f]{12}$/u.test(name);
}

async function memoryNow(): Promise<{ readonly rss: number; readonly used: number }> {
  // The memory of native objects is freed in later turns.
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise(setImmediate);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, used: heapUsed + external };
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
