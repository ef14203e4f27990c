// A heat map of latencies: a column a time, a row a bucket, darker (in the dark: brighter) for more of them.

import type uPlotClass from "uplot";
import type { LatencySeries } from "../data/report-data.ts";
import { countOfLevel, decodeLevels } from "./decode.ts";
import { element } from "./elements.ts";
import { formatClock, formatCount, formatMicros } from "./format.ts";
import type { Underlay } from "./plot-spec.ts";
import type { RunView } from "./series.ts";
import { table } from "./table.ts";
import { colourOf } from "./theme.ts";

const shades = 7;

interface Cells {
  readonly levels: readonly number[];
  readonly rows: number;
  readonly lowest: number;
  /** Seconds that a column covers. */
  readonly seconds: number;
  readonly highest: number;
}

/** The heat map of a series, to be drawn beneath the axes of a plot. */
export function heatMap(run: RunView, { heat }: LatencySeries): Underlay {
  const levels = decodeLevels(heat.levels);
  const highest = levels.reduce((most, level) => Math.max(most, level), 1);
  const seconds = run.data.columns.seconds * run.data.columns.heat;
  const cells: Cells = { levels, rows: heat.rows, lowest: heat.lowest, seconds, highest };
  return {
    draw: (plot) => drawCells(plot, cells),
    range: [edgeOf(heat.lowest), edgeOf(heat.lowest + Math.max(heat.rows, 1))],
    textAt: (x, y) => textAt(cells, x, y),
    key: keyOf(cells),
    table: () => cellsTable(cells),
  };
}

/** Lower end of a bucket in microseconds. */
function edgeOf(bucket: number): number {
  return 2 ** (bucket / 2);
}

function drawCells(plot: uPlotClass, { levels, rows, lowest, seconds, highest }: Cells): void {
  const { ctx, bbox } = plot;
  const colours = Array.from({ length: shades }, (_, shade) => colourOf(`--heat-${shade + 1}`));
  const edges = Array.from({ length: rows + 1 }, (_, row) =>
    Math.round(plot.valToPos(edgeOf(lowest + row), "y", true)),
  );
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  levels.forEach((level, at) => {
    if (level === 0) return;
    const column = Math.floor(at / rows);
    const left = Math.round(plot.valToPos(column * seconds, "x", true));
    const right = Math.round(plot.valToPos((column + 1) * seconds, "x", true));
    const [bottom = 0, top = 0] = edges.slice(at % rows);
    ctx.fillStyle = colours[shadeOf(level, highest)] ?? "";
    ctx.fillRect(left, top, Math.max(right - left, 1), bottom - top);
  });
  ctx.restore();
}

function shadeOf(level: number, highest: number): number {
  return Math.min(Math.floor((level / highest) * shades), shades - 1);
}

function textAt(cells: Cells, x: number, y: number): string {
  const row = Math.floor(2 * Math.log2(y)) - cells.lowest;
  if (row < 0 || row >= cells.rows) return "none";
  const level = cells.levels[Math.floor(x / cells.seconds) * cells.rows + row] ?? 0;
  const range = `${formatMicros(edgeOf(cells.lowest + row))} to ${formatMicros(edgeOf(cells.lowest + row + 1))}`;
  return `${level === 0 ? "none" : `about ${formatCount(Math.round(countOfLevel(level)))}`}, ${range}`;
}

function keyOf({ highest }: Cells): HTMLElement {
  const boxes = Array.from({ length: shades }, (_, shade) =>
    element("span", { class: `shade shade-${shade + 1}` }),
  );
  const most = formatCount(Math.round(countOfLevel(highest)));
  return element(
    "span",
    { class: "key" },
    "1",
    element("span", { class: "shades", "aria-hidden": "true" }, ...boxes),
    `${most} in a cell`,
  );
}

/** The cells over the run: how many latencies each bucket holds, and when most of them were. */
function cellsTable({ levels, rows, lowest, seconds }: Cells): HTMLElement {
  const buckets = Array.from({ length: rows }, (_, row) => {
    const counts = levels.filter((_, at) => at % rows === row).map(countOfLevel);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const busiest = counts.reduce(
      (best, count, at) => (count > (counts[best] ?? 0) ? at : best),
      0,
    );
    return [
      `${formatMicros(edgeOf(lowest + row))} to ${formatMicros(edgeOf(lowest + row + 1))}`,
      { number: total === 0 ? "–" : `about ${formatCount(Math.round(total))}` },
      { number: total === 0 ? "–" : formatClock(busiest * seconds) },
    ];
  });
  return table("Latencies by bucket", ["latency", "number", "most of them at"], buckets);
}
