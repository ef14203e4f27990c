// Axes of plots, and the phases of the run as shaded bands.

import type uPlotClass from "uplot";
import { formatBytes, formatClock } from "./format.ts";
import type { Band, PlotSpec } from "./plot-spec.ts";
import { colourOf } from "./theme.ts";

const font = "12px system-ui, sans-serif";

function axisColours() {
  const grid = { stroke: colourOf("--grid"), width: 1 };
  return { stroke: colourOf("--muted"), font, grid, ticks: { ...grid, size: 4 } };
}

function xAxis({ x }: PlotSpec): uPlotClass.Axis {
  if (x === undefined) {
    const incrs = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200];
    return {
      ...axisColours(),
      space: 56,
      size: 30,
      incrs,
      values: (_, splits) => splits.map(formatClock),
    };
  }
  return {
    ...axisColours(),
    size: 30,
    splits: (_, __, ___, most) => x.splits(most),
    values: (_, splits) => splits.map(x.format),
  };
}

/** The axes of a plot. */
export function axesOf(spec: PlotSpec): uPlotClass.Axis[] {
  return [xAxis(spec), yAxis(spec)];
}

/** The vertical scale: from 0, or logarithmic and as tall as the values. */
export function yScale({ isLog, underlay, atLeast = 1 }: PlotSpec): uPlotClass.Scale {
  if (isLog !== true) return { range: (_, __, most) => [0, Math.max(most * 1.06, atLeast)] };
  const range = underlay?.range;
  return {
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares the enum and exports no values of it
    distr: 3,
    log: 10,
    range: (_, least, most) => (range === undefined ? logRange(least, most) : [range[0], range[1]]),
  };
}

function logRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [1, 10];
  return [least / 1.4, Math.max(most * 1.4, least * 4)];
}

/** Powers of ten; of a narrow scale also twice and five times of them. */
function logSplits(least: number, most: number): number[] {
  const factors = most / least < 200 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(least));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(most)) - first + 1 },
    (_, decade) => 10 ** (first + decade),
  );
  return decades
    .flatMap((power) => factors.map((factor) => factor * power))
    .filter((split) => split >= least && split <= most);
}

/** Steps of bytes. */
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

function yAxis({ format, isLog }: PlotSpec): uPlotClass.Axis {
  const logarithmic: Partial<uPlotClass.Axis> = {
    splits: (_, __, least, most) => logSplits(least, most),
    filter: (_, splits) => splits,
  };
  return {
    ...axisColours(),
    ...(isLog === true ? logarithmic : {}),
    ...(format === formatBytes ? { incrs: binarySteps } : {}),
    values: (_, splits) => splits.map((value) => (value === null ? "" : format(value))),
    size: (plot, values) => {
      plot.ctx.save();
      plot.ctx.font = font;
      const widest = Math.max(
        0,
        ...(values ?? []).map((text) => plot.ctx.measureText(text ?? "").width),
      );
      plot.ctx.restore();
      return Math.ceil(widest) + 16;
    },
  };
}

/** Shades the phases and names them above the plot. */
export function drawBands(plot: uPlotClass, bands: readonly Band[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = "bottom";
  bands.forEach(({ name, begin, end, isGrey }, index) => {
    const edge = (time: number) =>
      Math.min(Math.max(plot.valToPos(time, "x", true), bbox.left), bbox.left + bbox.width);
    const [left, right] = [edge(begin), edge(end)];
    if (right - left < 1) return;
    const band = index % 2 === 0 ? "--band-1" : "--band-2";
    ctx.fillStyle = colourOf(isGrey ? "--band-grey" : band);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colourOf("--muted");
    if (ctx.measureText(name).width < right - left)
      ctx.fillText(name, left + 2 * ratio, bbox.top - 3 * ratio);
  });
  ctx.restore();
}
