// The closing report of a load test, for people.

import {
  measuredRun,
  runFigures,
  spellMicroseconds,
  spellVerdict,
  warmUpPhase,
  type LoadTestResult,
  type RunFigures,
} from "@troupe/load-tester";
import { paint, type Paint } from "../../display/style.ts";
import { renderTable, type TableRoom } from "../../display/table.ts";
import { wrapWords } from "../../display/text-width.ts";
import { formatBytes, formatCount, formatElapsed, formatRate } from "../../display/units.ts";
import { accountTable } from "./account-table.ts";
import { latencyTable, phaseTable } from "./percentile-tables.ts";
import { spellRate } from "./spell-rate.ts";

const gibibyte = 2 ** 30;
/** With less payload, the CPU time a GiB says nothing. */
const leastBytesOfShare = 64 * 2 ** 20;
const mostReasons = 12;

/** The lines of the report. Texts of the result are clean. */
export function closingReport(result: LoadTestResult, room: TableRoom): string[] {
  const figures = runFigures(measuredRun(result));
  return [
    ...headLines(result, room),
    ...section("latencies", latencyTable(figures, room), room),
    ...closedRemark(figures, room),
    ...section("by phase", phaseTable(figures, room), room),
    ...section("accounts", accountTable(figures, room), room),
    ...section("counts", countTable(figures, room), room),
    ...section("reasons", reasonTable(figures, room), room),
    ...section("targets", targetTable(result, figures, room), room),
    ...section("this load generator", generatorTable(result, figures, room), room),
    ...section("budgets", budgetTable(result, room), room),
    "",
    ...outcomeLines(result, room),
  ];
}

function section(title: string, lines: readonly string[], { style }: TableRoom): string[] {
  return lines.length === 0 ? [] : ["", paint(style, "bold", title), ...lines];
}

function headLines({ name, seed, durationMs, phases, groups }: LoadTestResult, room: TableRoom) {
  const times = phases.map(
    ({ name: phase, beginMs, endMs }) =>
      `${phase} ${formatElapsed((endMs - beginMs) / 1_000)}${phase === warmUpPhase ? " (not counted)" : ""}`,
  );
  const title = `${name}: ${formatElapsed(durationMs / 1_000)}, seed ${seed}`;
  const rows = groups.map(({ name: group, count, behaviour, pace, target }) => [
    group,
    formatCount(count, "peer"),
    behaviour,
    pace || "-",
    target,
  ]);
  const titles = ["group", "", "behaviour", "pace", "target"];
  const layout = ["left", "right", "left", "left", "left"] as const;
  return [
    paint(room.style, "bold", title),
    `phases: ${times.join(", ") || "none"}`,
    ...(rows.length === 0
      ? []
      : ["", ...renderTable({ layout, titles, rows, stacks: true }, room)]),
  ];
}

function closedRemark({ latencies }: RunFigures, room: TableRoom): string[] {
  if (!latencies.some(({ isClosedLoad }) => isClosedLoad)) return [];
  const text =
    "closed: a peer asks again only after an answer, so a target that stops is asked less and its pauses count for little.";
  return sentence(text, "dim", room);
}

const countNames = [
  ["arrived", "peers came"],
  ["opened", "connections opened"],
  ["refused", "connections refused"],
  ["closed_by_target", "closed by the target"],
  ["closed_by_us", "closed by us"],
  ["completed", "peers have all they take"],
  ["requests", "requests sent"],
  ["blocks", "blocks received"],
  ["wrong_blocks", "blocks with wrong content"],
  ["broken_rules", "rules broken by the target"],
  ["announces", "announces"],
  ["scrapes", "scrapes"],
  ["queries", "DHT queries"],
  ["wrong_answers", "wrong answers"],
  ["late_answers", "answers after their time"],
  ["repeats", "requests repeated"],
  ["own_failures", "requests not sent by us"],
  ["lost_peers", "peers of lost agents"],
] as const;

const bad: ReadonlySet<string> = new Set([
  "refused",
  "closed_by_target",
  "wrong_blocks",
  "broken_rules",
  "wrong_answers",
  "repeats",
  "own_failures",
  "lost_peers",
]);

function countTable({ busyRates, totals }: RunFigures, room: TableRoom): string[] {
  const rows = countNames.flatMap(([counter, name]) => {
    const value = totals[counter];
    if (value === undefined) return [];
    const rate = bad.has(counter) ? "" : `${spellRate(busyRates[counter] ?? 0)}/s`;
    return [[name, value.toLocaleString("en-US"), rate]];
  });
  for (const [counter, name] of [
    ["bytes_down", "payload received"],
    ["bytes_up", "payload sent"],
  ] as const) {
    const value = totals[counter];
    if (value !== undefined)
      rows.push([name, formatBytes(value), formatRate(busyRates[counter] ?? 0)]);
  }
  if (rows.length === 0) return [];
  const titles = ["", "", "a second, while busy"];
  return renderTable({ layout: ["left", "right", "left"], titles, rows }, room);
}

function reasonTable({ reasons }: RunFigures, room: TableRoom): string[] {
  if (reasons.length === 0) return [];
  const rows = reasons
    .slice(0, mostReasons)
    .map(({ counter, group, reason, count }) => [
      count.toLocaleString("en-US"),
      counter.replaceAll("_", " "),
      group,
      reason,
    ]);
  const table = renderTable(
    { layout: ["right", "left", "left", "left"], rows, isProse: true },
    room,
  );
  const hidden = reasons.length - mostReasons;
  return hidden > 0 ? [...table, `… and ${formatCount(hidden, "more reason")}`] : table;
}

function targetTable(result: LoadTestResult, figures: RunFigures, room: TableRoom): string[] {
  const bytes = (figures.totals.bytes_down ?? 0) + (figures.totals.bytes_up ?? 0);
  const isOnly = result.targets.length === 1;
  const rows = result.targets.flatMap(({ name, address, client, settings, remarks }) => {
    const use = figures.processes.find(({ target }) => target === name);
    const own: string[][] = [
      [name, client === "" ? "client unknown" : client],
      ["", address],
    ];
    if (settings.length > 0)
      own.push(["", `settings: ${settings.map(([key, value]) => `${key} ${value}`).join(", ")}`]);
    for (const remark of remarks) own.push(["", remark]);
    if (use !== undefined) {
      const cpu = `CPU ${formatElapsed(use.cpuMs / 1_000)}`;
      const each = `${(((use.cpuMs / 1_000) * gibibyte) / bytes).toFixed(2)} s a GiB`;
      const base =
        use.baseRssBytes === undefined ? "" : `, ${formatBytes(use.baseRssBytes)} before the load`;
      own.push(
        ["", isOnly && bytes >= leastBytesOfShare ? `${cpu}, ${each}` : cpu],
        ["", `memory at most ${formatBytes(use.mostRssBytes)}${base}`],
      );
    }
    return own;
  });
  return renderTable({ layout: ["left", "left"], rows, isProse: true }, room);
}

function generatorTable(result: LoadTestResult, figures: RunFigures, room: TableRoom): string[] {
  const use = figures.processes.find(({ target }) => target === undefined);
  const rows: string[][] = result.generators.map(({ name, threads, peers, lostAt }) => [
    name,
    [
      formatCount(threads, "thread"),
      formatCount(peers, "peer"),
      ...(lostAt === undefined ? [] : [`lost in second ${lostAt}`]),
    ].join(", "),
  ]);
  const remarks = new Set(result.generators.flatMap((generator) => generator.remarks ?? []));
  for (const remark of remarks) rows.push(["note", remark]);
  if (use !== undefined)
    rows.push([
      "use",
      `CPU ${formatElapsed(use.cpuMs / 1_000)}, memory at most ${formatBytes(use.mostRssBytes)}`,
    ]);
  const late = figures.latencies.find(({ measure }) => measure === "lateness");
  if (late !== undefined) {
    const times = `late by ${spellMicroseconds(late.p99)} at p99, ${spellMicroseconds(late.max)} at most`;
    rows.push(["planned actions", times]);
  }
  const turn = figures.latencies.find(({ measure }) => measure === "read_wait");
  if (turn !== undefined) {
    const waits = `answers waited ${spellMicroseconds(turn.p99)} at p99, ${spellMicroseconds(turn.max)} at most`;
    rows.push(["event loop", `${waits}, until they were read`]);
  }
  if (figures.polledShare !== undefined) {
    const share = `polling ${Math.round(100 * figures.polledShare)} % of a thread`;
    rows.push(["exact times", `${share} (precise: off uses timers, up to 2 ms late)`]);
  }
  return renderTable({ layout: ["left", "left"], rows, isProse: true }, room);
}

function budgetTable({ budgets }: LoadTestResult, room: TableRoom): string[] {
  const rows = budgets.map((verdict) => {
    const { text, seen, allowed, holds } = spellVerdict(verdict);
    return [`${verdictWord(holds)}  ${text}`, seen, `allowed ${allowed}`];
  });
  let colour: Paint = "green";
  return renderTable({ layout: ["left", "right", "left"], rows, stacks: true }, room).map(
    (line) => {
      if (line.startsWith(verdictWord(false))) colour = "red";
      else if (line.startsWith(verdictWord(true))) colour = "green";
      return paint(room.style, colour, line);
    },
  );
}

/** The first word of a budget's line; both take the same columns. */
export function verdictWord(holds: boolean): string {
  return holds ? "holds " : "BROKEN";
}

/** A sentence, wrapped between its words. */
export function sentence(text: string, colour: Paint, { style, columns }: TableRoom): string[] {
  return wrapWords(text, columns ?? Infinity).map((line) => paint(style, colour, line));
}

/** How the run ended, in a sentence. */
export function outcomeSentence({ outcome, budgets }: Pick<LoadTestResult, "outcome" | "budgets">) {
  switch (outcome.kind) {
    case "passed":
      return budgets.length === 0 ? "done: there were no budgets" : "passed: every budget holds";
    case "budget-broken": {
      const broken = budgets.filter(({ holds }) => !holds).length;
      return `failed: ${broken} of ${formatCount(budgets.length, "budget")} broken`;
    }
    case "aborted":
      return `aborted: the budget ${outcome.budget} was broken for too long`;
    case "generator-saturated":
      return `generator-saturated: ${outcome.reason}; the latencies say more of this machine than of the target`;
    case "load-not-sent":
      return `load-not-sent: ${outcome.reason}`;
    case "stopped":
      return "stopped before its end: these are the figures so far";
    case "partial":
      return "partial: these figures were kept during the run, before its end";
    case "failed":
      return `failed: ${outcome.message} [${outcome.code}]`;
  }
}

function outcomeLines(result: LoadTestResult, room: TableRoom): string[] {
  const { kind } = result.outcome;
  const isUnfinished = kind === "stopped" || kind === "partial";
  const colour = isUnfinished ? "yellow" : kind === "passed" ? "green" : "red";
  return sentence(outcomeSentence(result), colour, room);
}
