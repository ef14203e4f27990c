// Draws the places of planted faults: node scripts/planted/draw.ts [--seed 60] [--count 100] [--measured 40]
// A package gets places by its lines of code, and each place is a random line of its sources that does something. A
// reader then plants the nearest sensible fault, without a look at the tests. test/planted.json has the result.

import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { parseArgs } from "node:util";
import { shares } from "./shares.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "60" },
    count: { type: "string", default: "100" },
    measured: { type: "string", default: "40" },
  },
});
const random = seededRandom(Number(values.seed));
const weights = new Map<string, number>();
const lines = new Map<string, string[]>();
for (const path of globSync("packages/*/src/**/*.{ts,tsx}").sort()) readSource(path);
// The first places are measured most often, so that they have the packages in the same proportion.
const all = shares(weights, Number(values.count));
const first = shares(weights, Number(values.measured));
const rest = new Map([...all].map(([name, count]) => [name, count - (first.get(name) ?? 0)]));
for (const [at, place] of [...drawn(first), ...drawn(rest)].entries()) {
  console.log(`${at + 1}\t${place}`);
}

function drawn(counts: ReadonlyMap<string, number>): string[] {
  const places: string[] = [];
  for (const [name, count] of counts) {
    const left = lines.get(name) ?? [];
    for (let taken = 0; taken < count; taken += 1) {
      places.push(...left.splice(Math.floor(random() * left.length), 1));
    }
  }
  return places.sort((one, other) => (one < other ? -1 : 1));
}

function readSource(path: string): void {
  const name = path.split("/")[1] ?? "";
  const text = readFileSync(path, "utf8");
  const found = actingLines(path, text).map((line) => `${path}:${line}`);
  lines.set(name, [...(lines.get(name) ?? []), ...found]);
  const code = text.split("\n").filter((line) => !/^\s*(?:$|\/[/*]|\*)/.test(line));
  weights.set(name, (weights.get(name) ?? 0) + code.length);
}

/** Numbers of the lines that have more than types, imports, comments and closing brackets. */
function actingLines(path: string, text: string): number[] {
  const code = path.endsWith(".tsx") ? text : stripTypeScriptTypes(text);
  const numbers: number[] = [];
  for (const [at, line] of code.split("\n").entries()) {
    if (/\w/.test(line) && !/^\s*(?:import|export \*|\/[/*]|\*|\} from)/.test(line)) {
      numbers.push(at + 1);
    }
  }
  return numbers;
}

/** Mulberry32: the same numbers for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
