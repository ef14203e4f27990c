// Groups, counts, targets and the scenario, as tables and text.

import type { RunData } from "../data/report-data.ts";
import { element, loadMark, section, type Child } from "./elements.ts";
import { formatBytes, formatCount, formatName } from "./format.ts";
import { totalOf, type RunView } from "./series.ts";
import { table, type Cell } from "./table.ts";

/** Counters of the table of groups. */
const groupCounters: readonly (readonly [counter: string, head: string])[] = [
  ["arrived", "arrived"],
  ["opened", "opened"],
  ["refused", "refused"],
  ["closed_by_target", "closed by target"],
  ["completed", "completed"],
  ["bytes_down", "received"],
  ["bytes_up", "sent"],
  ["announces", "announces"],
  ["scrapes", "scrapes"],
  ["queries", "queries"],
];

/** Counters with labels: reasons, rules, kinds of wrong answers. */
const labelled = new Set([
  "refused",
  "closed_by_target",
  "closed_by_us",
  "broken_rules",
  "wrong_answers",
  "wrong_blocks",
  "no_answers",
  "lost_peers",
  "intents_not_sent",
]);

/** The section on groups. */
export function groups(runs: readonly RunView[]): HTMLElement | undefined {
  const used = groupCounters.filter(([counter]) =>
    runs.some((run) => totalOf(run, counter, "") > 0),
  );
  const tables = runs
    .filter(({ data }) => data.groups.length > 0)
    .map((run) => {
      const rows = run.data.groups.map((group): Cell[] => [
        group.name,
        group.behaviour,
        group.target,
        { number: formatCount(group.count) },
        group.pace === "" ? "–" : loadMark(group.isClosedLoad, group.pace),
        ...used.map(([counter]) => {
          const total = totalOf(run, counter, group.name);
          return { number: counter.startsWith("bytes") ? formatBytes(total) : formatCount(total) };
        }),
      ]);
      return table(
        titled("Groups", run.data),
        ["group", "behaviour", "target", "peers", "load", ...used.map(([, head]) => head)],
        rows,
      );
    });
  return tables.length === 0 ? undefined : section("Groups", "", ...tables);
}

/** The section on connections that ended, broken rules and wrong answers. */
export function counts(runs: readonly RunView[]): HTMLElement {
  const tables = runs.map((run) => {
    const sums = new Map<string, { readonly key: readonly string[]; value: number }>();
    for (const [counter, group, , label, value] of run.data.counts) {
      if (!labelled.has(counter) || value === 0) continue;
      const key = [counter, label, group];
      const sum = sums.get(JSON.stringify(key)) ?? { key, value: 0 };
      sum.value += value;
      sums.set(JSON.stringify(key), sum);
    }
    const rows = [...sums.values()].map(
      ({ key: [counter = "", label = "", group = ""], value }): Cell[] => [
        formatName(counter),
        label === "" ? "–" : label,
        group === "" ? "–" : group,
        { number: formatCount(value) },
      ],
    );
    const title = titled("Counts by reason", run.data);
    if (rows.length > 0) return table(title, ["event", "reason", "group", "number"], rows);
    return element(
      "p",
      {},
      `${titled("No connection was refused or closed, no rule was broken, no answer was wrong", run.data)}.`,
    );
  });
  return section("Closed connections and errors", "", ...tables);
}

/** The section on targets. */
export function targets(runs: readonly RunView[]): HTMLElement | undefined {
  if (runs.every(({ data }) => data.targets.length === 0)) return undefined;
  const tables = runs.map(({ data }) => {
    const rows = data.targets.map((target): Cell[] => [
      target.name,
      target.client === "" ? "unknown" : target.client,
      target.address,
      list(target.settings.map(([name, value]) => `${name}: ${value}`)),
      list(target.remarks),
      { number: target.baseRssBytes === undefined ? "–" : formatBytes(target.baseRssBytes) },
    ]);
    return table(
      titled("Targets", data),
      ["target", "client", "address", "settings made", "remarks", "memory before"],
      rows,
    );
  });
  return section("Targets", "", ...tables);
}

/** The section on the scenario's text. */
export function scenario(runs: readonly RunView[]): HTMLElement {
  const texts = runs
    .filter(
      ({ data }, index) =>
        runs.findIndex((other) => other.data.scenario === data.scenario) === index,
    )
    .map(({ data }) =>
      element(
        "details",
        {},
        element("summary", {}, titled("Text of the scenario", data)),
        element(
          "pre",
          { tabindex: "0", role: "region", "aria-label": titled("Text of the scenario", data) },
          data.scenario,
        ),
      ),
    );
  return section(
    "Scenario",
    "This text and the seed give the same list of times and choices again.",
    ...texts,
  );
}

function titled(title: string, { label }: RunData): string {
  return label === "" ? title : `${title}, ${label}`;
}

function list(texts: readonly string[]): Child {
  return texts.length === 0
    ? "–"
    : element("ul", {}, ...texts.map((text) => element("li", {}, text)));
}
