// The shape of a result file.

import {
  boolean,
  line,
  list,
  number,
  object,
  optional,
  pair,
  record,
  text,
  whole,
  word,
  wrongShape,
  type Shape,
} from "../../json/shape.ts";
import { gaugeNames, counterNames, measureNames } from "../../measures/measures.ts";
import type { GeneratorFacts, LoadTestResult, Outcome } from "../result.ts";

/** Groups of a result. A result file beyond this bound or one of the next is refused. */
const mostGroups = 1_000;
const mostPhases = 1_000;
const mostTargets = 100;
const mostGenerators = 1_000;
const mostBudgets = 1_000;
const mostHistograms = 100_000;
const mostSeconds = 7 * 86_400;
/** Longest histogram that `encode` writes. */
const mostHistogramCharacters = 2 ** 20;
const mostScenarioCharacters = 2 ** 20;

const name = line(100);
const sentence = line(1_000);
/** Budgets name groups, so no sign of theirs is in a name. */
const groupName: Shape<string> = (value, path) => {
  const read = name(value, path);
  if (!/[{},=<>]/.test(read)) return read;
  throw wrongShape(path, value, "a name without { } , = < >");
};
const milliseconds = number(0, 7 * 86_400_000);
const microseconds = number(0, 2 ** 41);
const amount = number(0, Number.MAX_SAFE_INTEGER);

const use = object({ cpuMs: amount, rssBytes: amount, descriptors: amount });

const latency = object({
  measure: word(measureNames),
  group: name,
  count: whole(0, Number.MAX_SAFE_INTEGER),
  p50: microseconds,
  p90: microseconds,
  p99: microseconds,
  max: microseconds,
});

const states = object(
  Object.fromEntries(gaugeNames.map((each) => [each, amount])) as Record<
    (typeof gaugeNames)[number],
    typeof amount
  >,
);

const second = object({
  second: whole(0, mostSeconds),
  counts: record(record(amount, mostGroups), 100),
  gauges: record(states, mostGroups),
  latencies: list(latency, 20 * mostGroups),
  targets: record(use, mostTargets),
  own: use,
});

const oneGenerator = object({
  name,
  threads: whole(0, 10_000),
  peers: whole(0, 10_000_000),
  lostAt: optional(number(-1, mostSeconds)),
  remarks: optional(list(sentence, 1_000)),
});

/** A generator without remarks has no such key. */
const generator: Shape<GeneratorFacts> = (value, path) => {
  const { remarks, ...facts } = oneGenerator(value, path);
  return remarks === undefined ? facts : { ...facts, remarks };
};

const outcome: Shape<Outcome> = (value, path) => {
  const { kind } = object({ kind: word(outcomeKinds) })(value, path);
  switch (kind) {
    case "passed":
    case "budget-broken":
    case "stopped":
    case "partial":
      return { kind };
    case "aborted":
      return { kind, ...object({ budget: line(300) })(value, path) };
    case "generator-saturated":
    case "load-not-sent":
      return { kind, ...object({ reason: sentence })(value, path) };
    case "failed":
      return { kind, ...object({ code: name, message: sentence })(value, path) };
  }
};

const outcomeKinds = [
  "passed",
  "budget-broken",
  "aborted",
  "generator-saturated",
  "load-not-sent",
  "stopped",
  "partial",
  "failed",
] as const satisfies readonly Outcome["kind"][];

const isoTime: Shape<string> = (value, path) => {
  const time = text(40)(value, path);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(time) && !Number.isNaN(Date.parse(time))) return time;
  throw wrongShape(path, value, "a time such as 2026-01-31T12:00:00.000Z");
};

/** A result after its gate: every text bounded and clean, every number finite. Histograms are still encoded. */
export const resultShape: Shape<LoadTestResult> = object({
  format: word(["troupe-load-test"] as const),
  version: (value: unknown, path: string): 1 => {
    if (value === 1) return 1;
    throw wrongShape(path, value, "1");
  },
  name,
  seed: number(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  scenario: text(mostScenarioCharacters),
  startedAt: isoTime,
  durationMs: milliseconds,
  phases: list(object({ name, beginMs: milliseconds, endMs: milliseconds }), mostPhases),
  groups: list(
    object({
      name: groupName,
      target: name,
      behaviour: name,
      count: whole(0, 10_000_000),
      pace: name,
      isClosedLoad: boolean,
    }),
    mostGroups,
  ),
  targets: list(
    object({
      name,
      address: line(500),
      client: name,
      settings: list(pair(name, line(500)), 100),
      remarks: list(sentence, 100),
      isLocal: boolean,
      baseRssBytes: optional(amount),
    }),
    mostTargets,
  ),
  generators: list(generator, mostGenerators),
  histograms: list(
    object({
      measure: word(measureNames),
      group: groupName,
      phase: name,
      hdr: text(mostHistogramCharacters),
    }),
    mostHistograms,
  ),
  counts: list(
    object({ counter: word(counterNames), group: name, phase: name, label: name, value: amount }),
    mostHistograms,
  ),
  seconds: list(second, mostSeconds),
  budgets: list(
    object({
      text: line(300),
      seen: optional(number(-Number.MAX_VALUE, Number.MAX_VALUE)),
      allowed: number(-Number.MAX_VALUE, Number.MAX_VALUE),
      holds: boolean,
    }),
    mostBudgets,
  ),
  outcome,
});
