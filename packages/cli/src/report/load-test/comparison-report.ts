// A comparison of runs, for people.

import {
  spellValue,
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
  { rows, verdicts, remarks }: RunComparison,
  hasBudgets: boolean,
  room: TableRoom,
): string[] {
  const titles = ["", "before", "after", "ratio", "over all pairs"];
  const layout = ["left", "right", "right", "right", "left"] as const;
  const broken = verdicts.filter(({ holds }) => !holds);
  const lines = verdicts.map((verdict) => verdictLine(verdict, room));
  return [
    ...remarks.flatMap((remark) => sentence(`note: ${remark}`, "yellow", room)),
    ...lines.slice(0, broken.length).flat(),
    ...(broken.length === 0 ? [] : [""]),
    ...renderTable({ layout, titles, rows: rows.map(cells), stacks: true }, room),
    "",
    ...(hasBudgets ? lines.slice(broken.length).flat() : []),
    ...(hasBudgets ? [] : sentence(noiseSentence, "dim", room)),
    broken.length === 0
      ? paint(room.style, "green", "no change beyond what is allowed")
      : paint(room.style, "red", `${formatCount(broken.length, "change")} beyond what is allowed`),
  ];
}

function verdictLine({ text, seen, holds }: RatioVerdict, room: TableRoom): string[] {
  const ratio = seen === undefined ? "not measured" : `ratio ${seen.ratio.toFixed(2)}`;
  return sentence(`${verdictWord(holds)}  ${text}  ${ratio}`, holds ? "green" : "red", room);
}

const noiseSentence =
  "without --budget: p10 and p50 of a latency count as changed from 2.5 times and 2 ms on, throughput and CPU time a GiB from 2.5 times on.";

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
