// A plot over time with its title, its legend and its table. uPlot draws the lines.

import type uPlotClass from "uplot";
import type { RunData } from "../data/report-data.ts";
import { element, type Child } from "./elements.ts";
import { formatBytes, formatClock, type Format } from "./format.ts";
import type { Line } from "./series.ts";
import { foldedTable, linesTable } from "./table.ts";
import { colourOf } from "./theme.ts";

declare const uPlot: typeof uPlotClass;

/** A plot. */
interface PlotSpec {
  readonly title: string;
  /** For readers who do not see the plot; without it the notes of the lines. */
  readonly summary?: string;
  readonly marks?: readonly Child[];
  readonly lines: readonly Line[];
  readonly format: Format;
  readonly isLog?: boolean;
  /** The phases of the first are shaded. */
  readonly runs: readonly RunData[];
}

const height = 250;
const drawn = new Set<uPlotClass>();

/** Draws each plot again, in the colours of now. */
export function redrawAll(): void {
  for (const plot of drawn) {
    if (plot.root.isConnected) plot.redraw(false);
    else drawn.delete(plot);
  }
}

/** A figure: title, plot, legend, table. */
export function plotFigure(spec: PlotSpec): HTMLElement {
  const { title, lines, format, marks = [] } = spec;
  const { summary = lines.map(({ label, note }) => `${label}: ${note}`).join("; ") } = spec;
  const frame = element("div", {
    class: "plot",
    role: "img",
    "aria-label": `${title}. ${summary}`,
  });
  frame.style.minHeight = `${height}px`;
  let plot: uPlotClass | undefined;
  const values = lines.map(({ note }) => element("span", { class: "value" }, note));
  const time = element("span", { class: "value" });
  const buttons = lines.map((line, index) =>
    legendButton(line, values[index], (show) => plot?.setSeries(index + 1, { show })),
  );
  const tell = ({ cursor, data }: uPlotClass): void => {
    const at = cursor.idx ?? -1;
    const second = data[0][at];
    time.textContent = second === undefined ? "" : `at ${formatClock(second)}`;
    lines.forEach(({ note }, index) => {
      const value = data[index + 1]?.[at] ?? null;
      const shown = value === null ? "–" : format(value);
      values[index]?.replaceChildren(second === undefined ? note : shown);
    });
  };
  new ResizeObserver(() => {
    const width = Math.floor(frame.clientWidth);
    if (width < 50) return;
    if (plot !== undefined) return plot.setSize({ width, height });
    plot = new uPlot(optionsOfPlot(spec, width, tell), dataOf(lines), frame);
    drawn.add(plot);
  }).observe(frame);
  return element(
    "figure",
    {},
    element("figcaption", {}, element("h3", {}, title), ...marks),
    frame,
    element("div", { class: "legend" }, ...buttons, time),
    foldedTable("Table", () => linesTable(title, lines, format)),
  );
}

function legendButton(
  { label, style, isHidden = false }: Line,
  value: Child,
  toggle: (isShown: boolean) => void,
): HTMLElement {
  const sample = element("span", { class: "sample", "aria-hidden": "true" });
  const broken = style.dash[0] === 2 ? "dotted" : "dashed";
  const kind = style.dash.length === 0 ? "solid" : broken;
  sample.style.borderTop = `${style.width}px ${kind} var(${style.colour})`;
  const pressed = String(!isHidden);
  const button = element(
    "button",
    { type: "button", "aria-pressed": pressed },
    sample,
    element("span", {}, label),
    value,
  );
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isShown));
    toggle(isShown);
  });
  return button;
}

function dataOf(lines: readonly Line[]): uPlotClass.AlignedData {
  if (lines.length === 0) return [[]];
  return uPlot.join(lines.map(({ x, y }) => [[...x], [...y]] as uPlotClass.AlignedData));
}

function optionsOfPlot(
  { lines, format, isLog = false, runs }: PlotSpec,
  width: number,
  tell: (plot: uPlotClass) => void,
): uPlotClass.Options {
  const stroke = (property: string) => () => colourOf(property);
  const grid = { stroke: stroke("--grid"), width: 1 };
  const axis = { stroke: stroke("--muted"), font: "12px system-ui, sans-serif", grid, ticks: grid };
  const spell = (each: Format) => (_: uPlotClass, splits: readonly (number | null)[]) =>
    splits.map((value) => (value === null ? "" : each(value)));
  const linear: uPlotClass.Scale = { range: (_, __, most) => [0, Math.max(most * 1.06, 1)] };
  return {
    width,
    height,
    legend: { show: false },
    padding: [20, 14, 0, 0],
    scales: {
      x: { time: false, ...(lines.length === 0 ? { range: [0, 1] } : {}) },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares the enum and exports no values of it
      y: isLog ? { distr: 3 } : linear,
    },
    axes: [
      { ...axis, size: 30, incrs: clockSteps, values: spell(formatClock) },
      { ...axis, size: 72, values: spell(format), ...(format === formatBytes && binarySteps) },
    ],
    series: [
      {},
      ...lines.map(({ label, style, isHidden }): uPlotClass.Series => ({
        label,
        stroke: stroke(style.colour),
        width: style.width,
        dash: [...style.dash],
        show: isHidden !== true,
        // A line of a single point would be invisible.
        points: { show: lines.every(({ x }) => x.length < 3) },
      })),
    ],
    cursor: {
      drag: { x: true, y: false },
      y: false,
      sync: { key: "time", setSeries: false, scales: ["x", null] },
    },
    hooks: { drawClear: [(plot) => drawPhases(plot, runs[0])], setCursor: [tell] },
  };
}

const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200];
const binarySteps = { incrs: Array.from({ length: 50 }, (_, power) => 2 ** power) };

/** Shades the phases and names them above the plot. */
function drawPhases(plot: uPlotClass, run: RunData | undefined): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textBaseline = "bottom";
  run?.phases.forEach(({ name, beginMs, endMs }, index) => {
    const edge = (ms: number) =>
      Math.min(Math.max(plot.valToPos(ms / 1000, "x", true), bbox.left), bbox.left + bbox.width);
    const [left, right] = [edge(beginMs), edge(endMs)];
    if (right - left < 1) return;
    const isWarmUp = run.figures.phases[index]?.isWarmUp === true;
    ctx.fillStyle = colourOf(isWarmUp ? "--band-grey" : `--band-${1 + (index % 2)}`);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = colourOf("--muted");
    const text = isWarmUp ? `${name}, not counted` : name;
    if (ctx.measureText(text).width < right - left)
      ctx.fillText(text, left + 2 * ratio, bbox.top - 3 * ratio);
  });
  ctx.restore();
}
