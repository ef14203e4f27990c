// Groups, counts, targets and the scenario, as tables and text.

import type { RunData } from "../data/report-data.ts";
import { element, loadMark, section, type Child } from "./elements.ts";
import { formatBytes, formatCount, formatName, formatShare } from "./format.ts";
import { totalOf } from "./series.ts";
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
  "requests_refused",
  "unanswered",
  "own_failures",
  "lost_peers",
  "not_sent_target",
  "not_sent_ours",
]);

/** The section on groups. */
export function groups(runs: readonly RunData[]): HTMLElement | undefined {
  const used = groupCounters.filter(([counter]) =>
    runs.some((run) => totalOf(run, counter, "") > 0),
  );
  const rows = runs.flatMap((run) =>
    run.groups.map((group): Cell[] => [
      ...runCell(run),
      group.name,
      group.behaviour,
      group.target,
      { number: formatCount(group.count) },
      group.pace === "" ? "–" : loadMark(group.isClosedLoad, group.pace),
      ...used.map(([counter]) => {
        const total = totalOf(run, counter, group.name);
        return { number: counter.startsWith("bytes") ? formatBytes(total) : formatCount(total) };
      }),
    ]),
  );
  if (rows.length === 0) return undefined;
  const head = ["group", "behaviour", "target", "peers", "load", ...used.map(([, name]) => name)];
  return section("Groups", "", table("Groups", [...runHead(runs), ...head], rows));
}

const requestHeads = {
  requests: "requests",
  answered: "answered",
  answered_wrong: "wrong",
  requests_refused: "refused",
  abandoned: "abandoned",
  unanswered: "unanswered",
} as const;

const planHeads = {
  planned: "planned",
  sent: "sent",
  not_unchoked: "not unchoked",
  not_sent_target: "not sent: target",
  not_sent_ours: "not sent: generators",
} as const;

/** The section on what became of all requests, and of the plan. */
export function accounts(runs: readonly RunData[]): HTMLElement | undefined {
  const rows = runs.flatMap((run) => run.figures.accounts.map((own) => ({ run, own })));
  const tables = [
    ...sumTable(
      runs,
      "Requests",
      Object.values(requestHeads),
      rows
        .filter(({ own }) => own.requests.requests > 0)
        .map(({ run, own }) => sumRow(run, own.group, requestHeads, own.requests)),
    ),
    ...sumTable(
      runs,
      "Plan",
      Object.values(planHeads),
      rows
        .filter(({ own }) => own.plan.planned > 0)
        .map(({ run, own }) => sumRow(run, `${own.group}, ${own.unit}`, planHeads, own.plan)),
    ),
  ];
  if (tables.length === 0) return undefined;
  tables.push(
    ...sumTable(
      runs,
      "Not answered",
      ["of the requests", "of the waiting time", "of the visits"],
      rows
        .filter(({ own }) => (own.unansweredShare ?? 0) > 0)
        .map(({ run, own: { group, unanswered } }) => [
          ...runCell(run),
          group,
          ...[unanswered.requests, unanswered.waiting, unanswered.visits].map((share) => ({
            number: share === undefined ? "–" : formatShare(share),
          })),
        ]),
    ),
  );
  const lead = "Each sum closes: every request, and everything planned, has exactly one end.";
  return section("Accounts", lead, ...tables);
}

function sumTable(
  runs: readonly RunData[],
  title: string,
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
): HTMLElement[] {
  return rows.length === 0 ? [] : [table(title, [...runHead(runs), "group", ...heads], rows)];
}

function sumRow<Name extends string>(
  run: RunData,
  name: string,
  heads: Readonly<Record<Name, string>>,
  values: Readonly<Record<Name, number>>,
): Cell[] {
  const numbers = (Object.keys(heads) as Name[]).map((each) => ({
    number: formatCount(values[each]),
  }));
  return [...runCell(run), name, ...numbers];
}

/** The section on connections that ended, broken rules and wrong answers. */
export function counts(runs: readonly RunData[]): HTMLElement {
  const sums = new Map<string, number[]>();
  runs.forEach((data, index) => {
    for (const { counter, group, label, value } of data.counts) {
      if (!labelled.has(counter) || value === 0) continue;
      const key = JSON.stringify([counter, label, group]);
      const numbers = sums.get(key) ?? runs.map(() => 0);
      numbers[index] = (numbers[index] ?? 0) + value;
      sums.set(key, numbers);
    }
  });
  const rows = [...sums].map(([key, numbers]): Cell[] => {
    const [counter = "", label = "", group = ""] = JSON.parse(key) as string[];
    const names = [formatName(counter), label === "" ? "–" : label, group === "" ? "–" : group];
    return [...names, ...numbers.map((value) => ({ number: formatCount(value) }))];
  });
  const none = "No connection was refused or closed, no rule was broken, no answer was wrong.";
  const numbers = runs.map(({ label }) => (label === "" ? "number" : label));
  const content =
    rows.length === 0
      ? element("p", {}, none)
      : table("Counts by reason", ["event", "reason", "group", ...numbers], rows);
  return section("Closed connections and errors", "", content);
}

/** The section on targets. */
export function targets(runs: readonly RunData[]): HTMLElement | undefined {
  const rows = runs.flatMap((run) =>
    run.targets.map((target): Cell[] => [
      ...runCell(run),
      target.name,
      target.client === "" ? "unknown" : target.client,
      target.address,
      list(target.settings.map(([name, value]) => `${name}: ${value}`)),
      list(target.remarks),
      { number: target.baseRssBytes === undefined ? "–" : formatBytes(target.baseRssBytes) },
    ]),
  );
  if (rows.length === 0) return undefined;
  const head = ["target", "client", "address", "settings made", "remarks", "memory before"];
  return section("Targets", "", table("Targets", [...runHead(runs), ...head], rows));
}

/** The column that names the run, in a comparison. */
function runHead(runs: readonly RunData[]): string[] {
  return runs.length === 1 ? [] : ["run"];
}

function runCell({ label }: RunData): string[] {
  return label === "" ? [] : [label];
}

/** The section on the scenario's text. */
export function scenario(runs: readonly RunData[]): HTMLElement {
  const texts = runs
    .filter(
      (data, index) => runs.findIndex(({ scenario: text }) => text === data.scenario) === index,
    )
    .map((data) =>
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
