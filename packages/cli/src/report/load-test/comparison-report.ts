// A comparison of runs, for people.

import {
  spellComparedRun,
  spellValue,
  type ComparedRun,
  type ComparisonRow,
  type RatioVerdict,
  type RunComparison,
} from "@troupe/load-tester";
import { paint } from "../../display/style.ts";
import { renderTable, type TableRoom } from "../../display/table.ts";
import { formatCount } from "../../display/units.ts";
import { sentence, verdictWord } from "./closing-report.ts";

/** The lines of a comparison. @param hasBudgets Without budgets of the user, the default checks were applied. */
export function comparisonReport(
  { runs, rows, verdicts, remarks }: RunComparison,
  hasBudgets: boolean,
  room: TableRoom,
): string[] {
  const titles = ["", "before", "after", "ratio", "over all pairs"];
  const layout = ["left", "right", "right", "right", "left"] as const;
  const broken = verdicts.filter(({ holds }) => !holds);
  const useless = runs.filter(({ verdict }) => verdict === "proves-nothing");
  const lines = verdicts.map((verdict) => verdictLine(verdict, room));
  return [
    ...remarks.flatMap((remark) => sentence(`note: ${remark}`, "yellow", room)),
    ...useless.flatMap((run) => uselessLines(run, room)),
    ...lines.slice(0, broken.length).flat(),
    ...(broken.length + useless.length === 0 ? [] : [""]),
    ...renderTable({ layout, titles, rows: rows.map(cells), stacks: true }, room),
    "",
    ...(hasBudgets ? lines.slice(broken.length).flat() : []),
    ...(hasBudgets ? [] : sentence(noiseSentence, "dim", room)),
    ...passedLines(runs, room),
    ...endLines({ broken: broken.length, useless: useless.length, all: runs.length }, room),
  ];
}

function uselessLines(run: ComparedRun, room: TableRoom): string[] {
  return sentence(`FAILED  ${spellComparedRun(run)} proves nothing: ${run.reason}`, "red", room);
}

/** How many runs passed by themselves. */
function passedLines(runs: readonly ComparedRun[], room: TableRoom): string[] {
  const passed = runs.filter(({ verdict }) => verdict === "ok").length;
  return sentence(`runs that passed by themselves: ${passed} of ${runs.length}`, "dim", room);
}

/** The meaning of the exit code, in a line or two. */
function endLines(
  { broken, useless, all }: Readonly<Record<"broken" | "useless" | "all", number>>,
  room: TableRoom,
): string[] {
  const lines: string[] = [];
  if (broken > 0) lines.push(`${formatCount(broken, "change")} beyond what is allowed`);
  if (useless > 0) {
    const runs = formatCount(useless, "run");
    lines.push(`failed: ${runs} of ${all} ${useless === 1 ? "proves" : "prove"} nothing`);
  }
  if (lines.length === 0) return [paint(room.style, "green", "no change beyond what is allowed")];
  return lines.flatMap((line) => sentence(line, "red", room));
}

function verdictLine({ text, seen, seenText, holds }: RatioVerdict, room: TableRoom): string[] {
  const ratio = seen === undefined ? "not measured" : `ratio ${seen.ratio.toFixed(2)}`;
  const line = `${verdictWord(holds)}  ${text}  ${seenText ?? ratio}`;
  return sentence(line, holds ? "green" : "red", room);
}

const noiseSentence =
  "without --budget: p10 and p50 of a latency count as changed from 2.5 times and 2 ms on, throughput and CPU time a GiB from 2.5 times on, an unanswered share if it grows by more than 1 percentage point.";

function cells({ name, dimension, before, after, ratio, range, ...row }: ComparisonRow) {
  const closed = row.isClosedLoad ? " (closed)" : "";
  const few =
    row.maximumOf === undefined ? "" : ` (max of ${row.maximumOf.toLocaleString("en-US")})`;
  const label = `${name}${closed}${few}`;
  const [least, greatest] = range;
  const pairs = before.values.length * after.values.length;
  return [
    label,
    spellValue(before.median, dimension),
    spellValue(after.median, dimension),
    ratio.toFixed(2),
    pairs === 1 ? "" : `${least.toFixed(2)} to ${greatest.toFixed(2)}`,
  ];
}
