// The inputs that `pnpm test:fuzz` has kept, in every run of the tests, and new ones for each target: two hundred in the gate,
// a thousand in the long lanes.

import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

import test from "ava";

import { isLong } from "../support/lanes.ts";
import { seedOr } from "../support/seeds.ts";
import { corpusDirectory, readCorpus } from "./engine/corpus.ts";
import { judge } from "./engine/finding.ts";
import { Fuzzer } from "./engine/fuzzer.ts";
import { targets } from "./targets/index.ts";

const seed = seedOr(1);
/** New inputs for each target; whole sessions take a hundred times as long as anything else. */
const freshInputs = isLong ? 1_000 : 200;
const freshSessions = isLong ? 100 : 20;
const sessions = ["peer-session", "dht-node", "utp-stream"];
const mostCorpusBytes = 2 * 1_048_576;

for (const target of targets) {
  test(`${target.name}: its oracle holds for the corpus`, async (t) => {
    for (const { name, bytes } of readCorpus(corpusDirectory, target.name)) {
      t.is((await judge(target, bytes, false))?.message, undefined, name);
    }
    t.pass();
  });

  test(`${target.name}: its oracle holds for new inputs, seed ${seed}`, async (t) => {
    const corpus = readCorpus(corpusDirectory, target.name).map(({ bytes }) => bytes);
    const fuzzer = new Fuzzer(target, {
      seed: String(seed),
      corpus,
      isGuided: false,
      isTimed: false,
    });
    await fuzzer.go(sessions.includes(target.name) ? freshSessions : freshInputs);
    for (const { finding, input } of fuzzer.findings) {
      t.fail(`${finding.message}\n${Buffer.from(input).toString("base64")}`);
    }
    t.true(fuzzer.inputs > 0);
  });
}

test("each source whose coverage guides a target exists", (t) => {
  const cwd = fileURLToPath(new URL("../../packages", import.meta.url));
  const files = globSync("*/src/**/*.ts", { cwd });
  for (const { name, sources } of targets) {
    for (const source of sources) {
      t.true(
        files.some((file) => file.includes(source)),
        `${name}: ${source}`,
      );
    }
  }
});

test("the corpus is small", (t) => {
  let bytes = 0;
  for (const { name } of targets) {
    for (const file of readCorpus(corpusDirectory, name)) bytes += file.bytes.length;
  }
  t.true(bytes <= mostCorpusBytes, `${bytes} bytes`);
});
