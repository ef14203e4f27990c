// The left side of a budget.

import {
  counterNames,
  measureNames,
  type CounterName,
  type MeasureName,
} from "../measures/measures.ts";
import { resources } from "./budget.ts";
import type {
  CounterTerm,
  LatencyStatistic,
  Quantity,
  Resource,
  SecondStatistic,
  Selection,
  Selector,
  SelectorKind,
} from "./budget.ts";
import type { BudgetReader } from "./budget-reader.ts";

const words = [
  ...measureNames,
  ...counterNames,
  "errors",
  "unanswered_share",
  "throughput",
  "target",
  "own",
] as const;
const selectorKinds: readonly SelectorKind[] = ["group", "phase", "target"];
const mostSelectors = 40;

/** @throws BudgetError */
export function readQuantity(reader: BudgetReader): Quantity {
  const word = reader.takeName("measure or counter", words);
  const selection = readSelection(reader);
  if (word === "errors") return { kind: "errors", selection };
  if (word === "unanswered_share") return { kind: "unanswered", selection };
  if (word === "throughput") {
    const statistic = readSecondStatistic(reader, "throughput");
    return { kind: "rate", counters: ["bytes_down", "bytes_up"], selection, statistic };
  }
  if (word === "target" || word === "own") return readProcess(reader, word, selection);
  const measure = measureNames.find((name) => name === word);
  if (measure !== undefined) return readLatency(reader, measure, selection);
  return readCounter(reader, word as CounterName, selection);
}

function readLatency(reader: BudgetReader, measure: MeasureName, selection: Selection): Quantity {
  const column = dot(reader, `${measure}.p99`);
  const statistic = readStatistic(reader);
  if (statistic?.kind === "percentile") return { kind: "latency", measure, selection, statistic };
  const kind = (["max", "mean", "count"] as const).find((name) => name === statistic?.kind);
  if (kind === undefined)
    throw reader.fault(
      column,
      "a latency has the statistics p50, p99, p99.9 and the like, max, mean, count",
    );
  const named: LatencyStatistic = { kind };
  return { kind: "latency", measure, selection, statistic: named };
}

function readCounter(reader: BudgetReader, counter: CounterName, selection: Selection): Quantity {
  const over: CounterTerm = { counter, selection };
  if (reader.take(/\.(?=\s*\p{L})/u) !== undefined) {
    const statistic = readSecondStatistic(reader, undefined);
    return { kind: "rate", counters: [counter], selection, statistic };
  }
  if (reader.take(/\//u) === undefined) return { kind: "total", term: over };
  const under = reader.takeName("counter", counterNames);
  return { kind: "ratio", over, under: { counter: under, selection: readSelection(reader) } };
}

function readProcess(reader: BudgetReader, of: "target" | "own", before: Selection): Quantity {
  dot(reader, `${of}.rss.max`);
  const resource = reader.takeName("use of a process", resources);
  const selection = before.length > 0 ? before : readSelection(reader);
  const column = dot(reader, `${of}.${resource}.max`);
  if (resource === "cpu") {
    const word = reader.take(/(?:total|per_gib)(?![\p{L}\d_])/u);
    if (word === "total" || word === "per_gib")
      return { kind: "process", of, resource, selection, statistic: word };
  }
  const statistic = secondStatistic(readStatistic(reader));
  if (statistic === undefined) throw reader.fault(column, processStatistics(resource));
  return { kind: "process", of, resource, selection, statistic };
}

function processStatistics(resource: Resource): string {
  const all = `${resource} has the statistics max, mean, min, p50, p99 and the like`;
  return resource === "cpu" ? `${all}, total, per_gib` : all;
}

/** @param name Named in the error when the statistic is missing; undefined: the dot was read. */
function readSecondStatistic(reader: BudgetReader, name: string | undefined): SecondStatistic {
  const column = name === undefined ? reader.column : dot(reader, `${name}.mean`);
  const statistic = secondStatistic(readStatistic(reader));
  if (statistic !== undefined) return statistic;
  throw reader.fault(column, "a rate has the statistics mean, min, max, p50, p99 and the like");
}

function secondStatistic(statistic: AnyStatistic | undefined): SecondStatistic | undefined {
  if (statistic === undefined) return undefined;
  if (statistic.kind === "percentile") return statistic;
  return statistic.kind === "count" ? undefined : { kind: statistic.kind };
}

type AnyStatistic =
  | { readonly kind: "percentile"; readonly percent: number }
  | { readonly kind: "max" | "mean" | "min" | "count" };

/** Undefined for any other word. */
function readStatistic(reader: BudgetReader): AnyStatistic | undefined {
  const percentile = reader.takeHere(/p\d{1,3}(?:\.\d{1,4})?(?![\p{L}\d_.])/u);
  if (percentile !== undefined) {
    const percent = Number(percentile.slice(1));
    return percent <= 100 ? { kind: "percentile", percent } : undefined;
  }
  const word = reader.takeHere(/(?:max|mean|min|count)(?![\p{L}\d_])/u);
  const kind = (["max", "mean", "min", "count"] as const).find((name) => name === word);
  return kind === undefined ? undefined : { kind };
}

/** @returns The column behind the dot. */
function dot(reader: BudgetReader, example: string): number {
  if (reader.take(/\./u) === undefined) throw reader.missing(`a statistic such as ${example}`);
  return reader.column;
}

function readSelection(reader: BudgetReader): Selection {
  const begin = reader.column;
  if (reader.take(/\{/u) === undefined) return [];
  const selectors: Selector[] = [];
  do {
    selectors.push(readSelector(reader));
    if (selectors.length > mostSelectors)
      throw reader.fault(begin, `there are more than ${mostSelectors} names in braces`);
  } while (reader.take(/,/u) !== undefined);
  if (reader.take(/\}/u) === undefined) throw reader.missing(`"," or "}"`);
  return selectors;
}

function readSelector(reader: BudgetReader): Selector {
  const kind = readSelectorKind(reader);
  const column = reader.column;
  const name = reader.take(/[^{},=<>]{1,100}/u)?.trimEnd();
  if (name === undefined || name === "") throw reader.missing("the name of a group or phase");
  return { kind, name, column };
}

function readSelectorKind(reader: BudgetReader): SelectorKind | undefined {
  const word = reader.take(/(?:group|phase|target)(?=\s*=)/u);
  if (word !== undefined) reader.take(/=/u);
  return selectorKinds.find((known) => known === word);
}
