// The measures of a run as Prometheus metrics, while it goes on and at its end.

import { metricsText, type Sample, type WrittenMetric } from "@troupe/control/metrics";
import { judgeBudget } from "../../budgets/judge-budget.ts";
import { parseBudget } from "../../budgets/parse-budget.ts";
import { counterNames, gaugeNames, measureNames } from "../../measures/measures.ts";
import { isClosedLatency, type MeasuredRun } from "../measured-run.ts";
import type { ProcessUse } from "../result.ts";

const quantiles = [0.5, 0.9, 0.99, 0.999] as const;
const microsecondsASecond = 1e6;

/**
 * The text of all metrics.
 *
 * @param scenario Its name: the label `scenario` of `troupe_load_seconds`.
 * @param budgets Budgets as written.
 */
export function runMetrics(run: MeasuredRun, scenario: string, budgets: readonly string[]): string {
  return metricsText([
    {
      name: "troupe_load_seconds",
      type: "gauge",
      help: "Duration of the load test so far",
      samples: [{ labels: { scenario }, value: run.durationMs / 1_000 }],
    },
    latencies(run),
    ...counters(run),
    states(run),
    ...processes(run),
    {
      name: "troupe_load_budget_holds",
      type: "gauge",
      help: "1 if the budget holds so far, 0 if it is broken or nothing was measured",
      samples: budgets.map((text) => ({
        labels: { budget: text },
        value: judgeBudget(parseBudget(text), run).holds ? 1 : 0,
      })),
    },
  ]);
}

function latencies({ totals, groups }: MeasuredRun): WrittenMetric {
  const samples = measureNames.flatMap((measure) =>
    totals.groupsWith(measure).flatMap((group): Sample[] => {
      const histogram = totals.histogram(measure, { groups: [group] });
      const facts = groups.find(({ name }) => name === group);
      const isClosed = isClosedLatency(measure, facts);
      const labels = { measure, group, ...(isClosed && { loop: "closed" }) };
      return [
        ...quantiles.map((quantile) => ({
          labels: { ...labels, quantile: String(quantile) },
          value: histogram.percentile(100 * quantile) / microsecondsASecond,
        })),
        { suffix: "_sum", labels, value: histogram.sumUs / microsecondsASecond },
        { suffix: "_count", labels, value: histogram.count },
      ];
    }),
  );
  return {
    name: "troupe_load_latency_seconds",
    type: "summary",
    help: "Latencies by measure and group; of an open load from the intended time",
    samples,
  };
}

function counters({ totals }: MeasuredRun): WrittenMetric[] {
  const counts = totals.runCounts();
  return counterNames.map((counter) => {
    const byName = new Map<string, Sample>();
    for (const { group, label, value } of counts.filter((one) => one.counter === counter)) {
      const key = JSON.stringify([group, label]);
      const before = byName.get(key)?.value ?? 0;
      const labels = label === "" ? { group } : { group, reason: label };
      byName.set(key, { labels, value: before + value });
    }
    return {
      name: `troupe_load_${counter}_total`,
      type: "counter",
      help: `Counter ${counter} of the load test, by group`,
      samples: [...byName.values()],
    };
  });
}

function states({ seconds }: MeasuredRun): WrittenMetric {
  const gauges = Object.entries(seconds.at(-1)?.gauges ?? {});
  return {
    name: "troupe_load_peers",
    type: "gauge",
    help: "Peers of the load test now, by group and state",
    samples: gauges.flatMap(([group, now]) =>
      gaugeNames.map((state) => ({ labels: { group, state }, value: now[state] })),
    ),
  };
}

function processes({ seconds, targets }: MeasuredRun): WrittenMetric[] {
  const uses = targets.flatMap(({ name }) => {
    const own = seconds.map((second) => second.targets[name]).filter((use) => use !== undefined);
    return own.length === 0 ? [] : [{ labels: { process: "target", name }, uses: own }];
  });
  const all = [
    ...uses,
    { labels: { process: "generator", name: "" }, uses: seconds.map(({ own }) => own) },
  ];
  const metric = (
    name: string,
    type: "counter" | "gauge",
    help: string,
    valueOf: (uses: readonly ProcessUse[]) => number,
  ): WrittenMetric => ({
    name: `troupe_load_process_${name}`,
    type,
    help,
    samples: all.map(({ labels, uses: own }) => ({ labels, value: valueOf(own) })),
  });
  return [
    metric(
      "cpu_seconds_total",
      "counter",
      "CPU time since the run began",
      (own) => own.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / 1_000,
    ),
    metric("resident_memory_bytes", "gauge", "Resident memory", (own) => own.at(-1)?.rssBytes ?? 0),
    metric("open_fds", "gauge", "Open descriptors", (own) => own.at(-1)?.descriptors ?? 0),
  ];
}
