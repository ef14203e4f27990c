// The live display of a load test.

import {
  peerStates,
  spellMicroseconds,
  type LatencyFigures,
  type BudgetState,
  type ProcessFigures,
} from "@troupe/load-tester";
import type { FrameSize } from "../frame.ts";
import { chooseSections, type Section } from "../sections.ts";
import { paint, progressBar, type Style } from "../style.ts";
import { asciiOnly, cutToFit, fillTo, spread } from "../text-width.ts";
import { formatBytes, formatDuration, formatRate } from "../units.ts";
import { phaseAt, type LiveBudget, type LoadView } from "./load-view.ts";

/** Lowest first when room is short. A broken budget is seen before everything else. */
const rank = {
  alarm: 0,
  rate: 1,
  budgets: 2,
  latencies: 3,
  processes: 4,
  peers: 5,
  more: 6,
} as const;

const labelColumns = 10;
const widestBar = 40;
const narrowestBar = 8;

/** Renders a frame, pure: two lines, then as many others as fit. No line is wider than `columns`. */
export function renderLoadFrame(view: LoadView, size: FrameSize, style: Style): string[] {
  const head = headLines(view, size.columns, style);
  const sections = chooseSections(sectionsOf(view, size.columns, style), size.rows - head.length);
  const lines = [
    ...head,
    ...sections
      .toSorted((left, right) => left.order - right.order)
      .flatMap((section) => section.lines),
  ];
  return style.usesUnicode ? lines : lines.map(asciiOnly);
}

/** The name and the phase; the bar and the time. */
function headLines(view: LoadView, columns: number, style: Style): [string, string] {
  const { facts, elapsedMs } = view;
  const phase = phaseAt(view);
  const doing =
    phase === undefined
      ? ""
      : `${phase.name}, ${formatDuration(left(phase.endMs, elapsedMs))} left`;
  const share = facts.durationMs === 0 ? 1 : elapsedMs / facts.durationMs;
  const times = `  ${formatDuration(elapsedMs / 1_000)} of ${formatDuration(facts.durationMs / 1_000)}`;
  const barColumns = Math.min(widestBar, columns - times.length);
  const bar = barColumns < narrowestBar ? "" : progressBar(style, barColumns, share, "cyan");
  return [
    paint(style, "bold", spread(facts.name, doing, columns)),
    bar === "" ? cutToFit(times.trimStart(), columns) : bar + times,
  ];
}

function left(endMs: number, elapsedMs: number): number {
  return Math.max(0, Math.ceil((endMs - elapsedMs) / 1_000));
}

function sectionsOf(view: LoadView, columns: number, style: Style): Section[] {
  const sections: Section[] = [];
  const add = (order: number, lineRank: number, lines: readonly string[]): void => {
    if (lines.length > 0) sections.push({ torrent: 0, order, rank: lineRank, lines });
  };
  const { figures, budgets } = view;
  if (figures === undefined) {
    add(0, rank.rate, [paint(style, "dim", cutToFit("the first second is not over", columns))]);
  } else {
    add(0, rank.rate, [rateLine(figures.rates, columns)]);
    const latencies = latencyLines(figures.latencies, columns, style);
    add(1, rank.latencies, latencies.slice(0, 3));
    for (const [at, line] of latencies.slice(3).entries())
      add(1 + (at + 1) / 1e3, rank.more + at / 1e3, [line]);
    for (const [at, peers] of figures.peers.entries())
      add(2 + at / 1e3, rank.peers + at / 1e3, [peerLine(peers, at === 0, columns)]);
    for (const [at, use] of figures.processes.entries())
      add(3 + at / 1e3, rank.processes + at / 1e3, [processLine(use, at === 0, columns)]);
  }
  for (const [at, budget] of budgets.entries()) {
    const lineRank = budget.state === "broken" ? rank.alarm : rank.budgets;
    add(4 + at / 1e3, lineRank + at / 1e3, [budgetLine(budget, at === 0, columns, style)]);
  }
  return sections;
}

const rateNames = [
  ["requests", "requests/s"],
  ["announces", "announces/s"],
  ["scrapes", "scrapes/s"],
  ["queries", "queries/s"],
  ["opened", "connects/s"],
  ["refused", "refused/s"],
] as const;

function rateLine(rates: Readonly<Partial<Record<string, number>>>, columns: number): string {
  const parts = [`down ${formatRate(rates["bytes_down"] ?? 0)}`];
  const up = rates["bytes_up"] ?? 0;
  if (up > 0) parts.push(`up ${formatRate(up)}`);
  for (const [counter, name] of rateNames) {
    const value = rates[counter] ?? 0;
    if (value > 0) parts.push(`${value.toLocaleString("en-US")} ${name}`);
  }
  return cutToFit(`${"rate".padEnd(labelColumns)}${parts.join("  ")}`, columns);
}

const timeColumns = 9;

function latencyLines(
  latencies: readonly LatencyFigures[],
  columns: number,
  style: Style,
): string[] {
  if (latencies.length === 0) return [];
  const names = latencies.map(latencyName);
  const times = ["p50", "p99", "max"];
  const nameColumns = Math.min(
    Math.max(labelColumns, ...names.map(({ length }) => length)) + 1,
    Math.max(labelColumns, columns - times.length * timeColumns),
  );
  const head =
    fillTo("latency", nameColumns) + times.map((time) => time.padStart(timeColumns)).join("");
  return [
    paint(style, "dim", cutToFit(head, columns)),
    ...latencies.map(({ p50, p99, max }, at) => {
      const cells = [p50, p99, max].map((time) => spellMicroseconds(time).padStart(timeColumns));
      return cutToFit(fillTo(names[at] ?? "", nameColumns) + cells.join(""), columns);
    }),
  ];
}

/** Latencies of a closed load are labelled wherever they are shown. */
export function latencyName({
  measure,
  group,
  isClosedLoad,
}: Pick<LatencyFigures, "measure" | "group" | "isClosedLoad">): string {
  const name = group === "" ? `own ${measure}` : `${measure} ${group}`;
  return isClosedLoad ? `${name} (closed)` : name;
}

function peerLine(
  { group, states }: { readonly group: string; readonly states: Readonly<Record<string, number>> },
  isFirst: boolean,
  columns: number,
): string {
  const parts = peerStates
    .filter((state) => (states[state] ?? 0) > 0)
    .map((state) => `${(states[state] ?? 0).toLocaleString("en-US")} ${state}`);
  return cutToFit(`${label("peers", isFirst)}${group}: ${parts.join(", ") || "none yet"}`, columns);
}

function processLine(use: ProcessFigures, isFirst: boolean, columns: number): string {
  const { target, cpuShare, rssBytes, baseRssBytes, descriptors } = use;
  const grown = baseRssBytes === undefined ? "" : ` (${signed(rssBytes - baseRssBytes)})`;
  const parts = [
    `CPU ${Math.round(100 * cpuShare)} %`,
    `memory ${formatBytes(rssBytes)}${grown}`,
    `${descriptors.toLocaleString("en-US")} descriptors`,
  ];
  const name = target ?? "this load generator";
  return cutToFit(`${label("use", isFirst)}${name}: ${parts.join(", ")}`, columns);
}

function signed(bytes: number): string {
  return bytes < 0 ? `-${formatBytes(-bytes)}` : `+${formatBytes(bytes)}`;
}

const stateWords: Readonly<Record<BudgetState, string>> = {
  holds: "holds",
  waits: "waits",
  "not-yet-met": "not yet met",
  broken: "BROKEN",
};
const stateColumns = Math.max(...Object.values(stateWords).map(({ length }) => length));

function budgetLine(budget: LiveBudget, isFirst: boolean, columns: number, style: Style): string {
  const { text, seen, state } = budget;
  const sign = stateWords[state].padEnd(stateColumns);
  const line = spread(`${label("budgets", isFirst)}${text}`, `${seen}  ${sign}`, columns);
  if (state === "waits" || state === "not-yet-met") return paint(style, "dim", line);
  return paint(style, state === "holds" ? "green" : "red", line);
}

function label(text: string, isFirst: boolean): string {
  return (isFirst ? text : "").padEnd(labelColumns);
}
