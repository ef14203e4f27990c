// A plot with its title, its legend and its table. uPlot draws the lines.

import type uPlotClass from "uplot";
import { axesOf, drawBands, yScale } from "./axes.ts";
import { element } from "./elements.ts";
import { formatClock } from "./format.ts";
import { Legend } from "./legend.ts";
import type { PlotSpec } from "./plot-spec.ts";
import type { Line, Values } from "./series.ts";
import { foldedTable, linesTable } from "./table.ts";
import { colourOf } from "./theme.ts";

declare const uPlot: typeof uPlotClass;

const drawn = new Map<HTMLElement, () => void>();

/** Draws each plot anew, in the colours of now. */
export function redrawAll(): void {
  for (const [frame, draw] of drawn) {
    if (frame.isConnected) draw();
    else drawn.delete(frame);
  }
}

/** A figure: title, plot, legend, table. */
export function plotFigure(spec: PlotSpec): HTMLElement {
  const frame = element("div", {
    class: "plot",
    role: "img",
    "aria-label": `${spec.title}. ${spec.summary}`,
  });
  const hidden = new Set(spec.lines.filter(({ isHidden }) => isHidden === true));
  let current: uPlotClass | undefined;
  const legend = new Legend(spec, (line) => {
    if (!hidden.delete(line)) hidden.add(line);
    draw();
    return !hidden.has(line);
  });
  const draw = () => {
    current?.destroy();
    const width = Math.floor(frame.clientWidth);
    if (width < 50) return;
    const shown = spec.lines.filter((line) => !hidden.has(line));
    current = new uPlot(options(spec, shown, width, legend), dataOf(spec, shown), frame);
    legend.paint();
  };
  drawn.set(frame, draw);
  new ResizeObserver(() => {
    const width = Math.floor(frame.clientWidth);
    if (current === undefined) draw();
    else if (width !== current.width) current.setSize({ width, height: spec.height });
  }).observe(frame);
  frame.style.minHeight = `${spec.height}px`;
  const xLabel = spec.x?.label ?? "time";
  const formats = { x: spec.x?.format ?? formatClock, y: spec.format };
  return element(
    "figure",
    {},
    element("figcaption", {}, element("h3", {}, spec.title), ...(spec.marks ?? [])),
    frame,
    legend.root,
    foldedTable(
      "Table",
      spec.underlay?.table ?? (() => linesTable(spec.title, spec.lines, xLabel, formats)),
    ),
  );
}

function dataOf(spec: PlotSpec, lines: readonly Line[]): uPlotClass.AlignedData {
  if (lines.length === 0) return [[]];
  const tables = lines.map(({ x, y }) => [[...x], [...y]] as uPlotClass.AlignedData);
  const joined = uPlot.join(tables);
  if (spec.isStacked !== true) return joined;
  const [times, ...values] = joined as unknown as [number[], ...Values[]];
  // The topmost area is drawn first and the lower ones over it.
  let below: number[] = times.map(() => 0);
  const areas = values.map((line) => (below = below.map((sum, at) => sum + (line[at] ?? 0))));
  return [times, ...areas.toReversed()] as uPlotClass.AlignedData;
}

function options(
  spec: PlotSpec,
  lines: readonly Line[],
  width: number,
  legend: Legend,
): uPlotClass.Options {
  return {
    width,
    height: spec.height,
    legend: { show: false },
    padding: [spec.bands === undefined ? 8 : 20, spec.x === undefined ? 14 : 28, 0, 0],
    scales: {
      x: { time: false, ...(lines.length === 0 ? { range: [0, 1] } : {}) },
      y: yScale(spec),
    },
    axes: axesOf(spec),
    series: [{}, ...seriesOf(spec, lines)],
    cursor: {
      drag: { x: true, y: false },
      y: spec.underlay !== undefined,
      ...(spec.x === undefined
        ? { sync: { key: "time", setSeries: false, scales: ["x", null] } }
        : {}),
      points: { size: 7 },
    },
    hooks: {
      drawClear: [(plot) => drawBands(plot, spec.bands ?? [])],
      // Over the grid, so that no line of it crosses a cell.
      drawAxes: spec.underlay === undefined ? [] : [spec.underlay.draw],
      setCursor: [(plot) => legend.show(plot, lines)],
    },
  };
}

function seriesOf(spec: PlotSpec, lines: readonly Line[]): uPlotClass.Series[] {
  const made = lines.map(({ label, style }): uPlotClass.Series => {
    const stroke = colourOf(style.colour);
    if (spec.isStacked === true) {
      return { label, stroke: colourOf("--card"), fill: stroke, width: 1, points: { show: false } };
    }
    return {
      label,
      stroke,
      width: style.width,
      dash: [...style.dash],
      points: { show: alone(spec) },
    };
  });
  return spec.isStacked === true ? made.toReversed() : made;
}

/** A line of a single point would be invisible. */
function alone({ lines }: PlotSpec): boolean {
  return lines.every(({ x }) => x.length < 3);
}
