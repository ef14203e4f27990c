// The text of a row: medians with their range, and ratios.

import { median, spread, table } from "../support/statistics.ts";
import { figureKinds, type FigureName, type Figures } from "./figures.ts";
import type { MeasuredContestant, MeasuredRow } from "./measured-row.ts";
import type { Contestant } from "./row.ts";

const labels: Readonly<Record<Contestant, string>> = {
  ours: "Troupe",
  before: "Troupe, the commit before",
  again: "the same commit again",
  cold: "Troupe, cold",
  killed: "Troupe, a thread killed each second",
  libtorrent: "libtorrent",
  aria2: "aria2",
  qbittorrent: "qBittorrent",
  rtorrent: "rtorrent",
  node: "`node -e 0`",
  floor: "bare data plane",
  openssl: "OpenSSL",
};

/** @returns Heading, table and facts of a row, in markdown, without a line break at its end. */
export function rowText(row: MeasuredRow): string {
  const versions = row.contestants.map(({ version }) => version).filter(Boolean);
  const facts = [
    `${row.date} UTC, ${row.runs} runs in turns`,
    row.machine,
    [...new Set(versions)].join(", "),
    `other work before the runs: ${spread(row.busy, 2)} of all cores`,
  ];
  return [
    `## ${row.title}`,
    [row.about, row.goal === "" ? "" : `Goal: ${row.goal}.`].filter(Boolean).join(" "),
    rowTable(row),
    `${facts.filter(Boolean).join("; ")}. ${row.missing.join(" ")}`.trim(),
  ].join("\n\n");
}

/** @returns One line a contestant: its figures, their ratio to the reference, and ours to its. */
export function rowTable(row: MeasuredRow): string {
  const { figures, compared, contestants } = row;
  const reference = contestants.find(({ name }) => name === row.reference);
  const ours = contestants.find(({ name }) => name === "ours");
  const hasOthers = contestants.length > 1;
  const pairs = [
    ...(hasOthers && reference !== undefined ? ratioColumns(reference, compared, "down") : []),
    ...(hasOthers && ours !== undefined && ours !== reference
      ? ratioColumns(ours, compared, "up")
      : []),
  ];
  const head = ["", ...figures.map((name) => figureKinds[name].head), ...pairs.map((p) => p.head)];
  const lines = contestants.map((contestant) => [
    labels[contestant.name],
    ...figures.map((name) => spread(valuesOf(contestant.runs, name), figureKinds[name].digits)),
    ...pairs.map(({ of }) => of(contestant)),
  ]);
  return table([head, ...lines]);
}

interface RatioColumn {
  readonly head: string;
  readonly of: (contestant: MeasuredContestant) => string;
}

/** Ratios of each line to `base` ("down"), or of `base` to each line ("up"). */
function ratioColumns(
  base: MeasuredContestant,
  compared: readonly FigureName[],
  direction: "down" | "up",
): readonly RatioColumn[] {
  return compared.map((name) => {
    const kind = figureKinds[name].ratio;
    const label = labels[base.name];
    const isDown = direction === "down";
    return {
      head: isDown ? `${kind} ÷ ${label}` : `${label}'s ${kind} ÷ this`,
      of: (line) => (isDown ? ratio(line, base, name) : ratio(base, line, name)),
    };
  });
}

/** @returns The ratio of medians; "–" where either has no such figure. */
function ratio(top: MeasuredContestant, bottom: MeasuredContestant, name: FigureName): string {
  const value = median(valuesOf(top.runs, name)) / median(valuesOf(bottom.runs, name));
  return Number.isFinite(value) ? value.toFixed(2) : "–";
}

function valuesOf(runs: readonly Figures[], name: FigureName): number[] {
  return runs.map((run) => run[name]).filter((value) => value !== undefined);
}
