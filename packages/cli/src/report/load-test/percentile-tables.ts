// Percentiles of a load test, with the share of requests without an answer beside them.

import {
  maximumWord,
  spellMicroseconds,
  spellValue,
  type LatencyFigures,
  type RunFigures,
} from "@troupe/load-tester";
import { latencyName } from "../../display/load-test/load-frame.ts";
import { renderTable, type TableRoom } from "../../display/table.ts";
import { formatRate } from "../../display/units.ts";
import { spellRate } from "./spell-rate.ts";

/** Percentiles of the run. */
export function latencyTable({ latencies }: RunFigures, room: TableRoom): string[] {
  if (latencies.length === 0) return [];
  const rows = latencies.map((one) => [
    latencyName(one),
    one.count.toLocaleString("en-US"),
    ...percentileCells(one),
    spellMicroseconds(one.max),
    spellShare(one.unansweredShare),
  ]);
  return percentileTable("count", rows, room);
}

/** A percentile of too few latencies is the slowest one, which stands in the last column. */
function percentileCells({ count, p50, p90, p99, p999 }: LatencyFigures): string[] {
  const percentiles = [
    [50, p50],
    [90, p90],
    [99, p99],
    [99.9, p999],
  ] as const;
  return percentiles.map(
    ([percent, value]) => maximumWord(percent, count) ?? spellMicroseconds(value),
  );
}

/** Rates and percentiles of each phase; a run of one phase has them above. */
export function phaseTable({ phases }: RunFigures, room: TableRoom): string[] {
  const rows = phases.flatMap(({ name, latencies, downBytesPerSecond, upBytesPerSecond }) => [
    ...latencies.map((one) => [
      `${name}  ${latencyName(one)}`,
      `${spellRate(one.perSecond)}/s`,
      ...percentileCells(one),
      spellMicroseconds(one.max),
      spellShare(one.unansweredShare),
    ]),
    ...payloadRow(`${name}  payload received`, downBytesPerSecond),
    ...payloadRow(`${name}  payload sent`, upBytesPerSecond),
  ]);
  if (phases.length < 2 || rows.length === 0) return [];
  return percentileTable("rate", rows, room);
}

function payloadRow(name: string, bytesPerSecond: number): string[][] {
  return bytesPerSecond === 0 ? [] : [[name, formatRate(bytesPerSecond), "", "", "", "", "", ""]];
}

/** Columns of a narrow terminal have no room for the word at their end. */
const leastColumns = 70;

/** Rows of a name, a number, percentiles and the share without an answer, which stands at the name in a narrow terminal. */
function percentileTable(
  number: string,
  rows: readonly (readonly string[])[],
  room: TableRoom,
): string[] {
  const isNarrow = (room.columns ?? Infinity) < leastColumns;
  const titles = ["", number, "p50", "p90", "p99", "p99.9", "max"];
  const layout = ["left", "right", "right", "right", "right", "right"] as const;
  if (isNarrow) {
    const own = rows.map(([name = "", ...cells]) => {
      const share = cells.pop() ?? "";
      return [share === "" ? name : `${name}, ${share} unanswered`, ...cells];
    });
    return renderTable({ layout: [...layout, "left"], titles, rows: own, stacks: true }, room);
  }
  return renderTable(
    {
      layout: [...layout, "right", "left"],
      titles: [...titles, "unanswered"],
      rows: rows.map((row) => [...row]),
      stacks: true,
    },
    room,
  );
}

function spellShare(share: number | undefined): string {
  return share === undefined ? "" : spellValue(share, "share");
}
