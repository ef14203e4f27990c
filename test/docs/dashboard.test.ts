// The dashboard for Grafana, held to the tables of metrics.

import { engineMetrics, type MetricRow } from "@troupe/control/metrics";
import test from "ava";
import { torrentMetrics } from "../../packages/service/src/metrics/torrent-metrics.ts";
import { queriesOf, readDashboard } from "../support/metrics/dashboard.ts";

const rows: Readonly<Record<string, MetricRow>> = { ...engineMetrics, ...torrentMetrics };
const dashboard = readDashboard();
const queries = queriesOf(dashboard);

/** The row of a metric in a query. Histograms have series with endings. */
function rowOf(name: string): MetricRow | undefined {
  const [, start = name, ending] = /^(.*)_(bucket|sum|count)$/.exec(name) ?? [];
  return ending === undefined || rows[start]?.kind !== "histogram" ? rows[name] : rows[start];
}

/** The metric of a query, and the labels that it names. */
function partsOf(expr: string): { readonly names: string[]; readonly labels: string[] } {
  const names = expr.match(/\btroupe_[a-z_]+/g) ?? [];
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(", "),
  );
  const selected = [...expr.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label = ""]) => label);
  return { names, labels: [...grouped, ...selected] };
}

test("every query of the dashboard is of a metric that exists", (t) => {
  t.true(queries.length > 20);
  for (const { expr } of queries) {
    const { names } = partsOf(expr);
    t.is(names.length, 1, expr);
    t.not(rowOf(names[0] ?? ""), undefined, expr);
  }
});

test("every label of a query and of its legend is one of the metric", (t) => {
  for (const { expr, legendFormat } of queries) {
    const { labels, names } = partsOf(expr);
    const own = rowOf(names[0] ?? "")?.labels ?? [];
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    const unknown = [...labels, ...shown].filter(
      (label) => !own.includes(label) && label !== "instance" && label !== "le",
    );
    t.deepEqual(unknown, [], expr);
  }
});

test("the queries ask for a rate of counters and for quantiles of histograms", (t) => {
  for (const { expr } of queries) {
    const [name = ""] = partsOf(expr).names;
    const kind = rowOf(name)?.kind;
    t.is(expr.includes("rate("), kind !== "gauge", expr);
    t.is(expr.includes("histogram_quantile("), kind === "histogram", expr);
  }
});

test("the panels have titles, numbers of their own, and places beside each other", (t) => {
  const { panels } = dashboard;
  t.is(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { h, w, x, y }, title }) => {
    t.not(title, "");
    t.true(x + w <= 24, title);
    return Array.from(
      { length: w * h },
      (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`,
    );
  });
  t.is(new Set(cells).size, cells.length);
});

test("the dashboard names no variable that it does not have", (t) => {
  const own = dashboard.templating.list.map(({ name }) => name);
  const used = JSON.stringify(dashboard).match(/\$\{?\w+/g) ?? [];
  const names = new Set(used.map((each) => each.replace(/^\$\{?/, "")));
  t.deepEqual(
    [...names].filter((name) => !own.includes(name) && !name.startsWith("__")),
    [],
  );
  t.true(names.has("instance") && names.has("source"));
});
